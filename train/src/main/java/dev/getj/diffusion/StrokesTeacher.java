package dev.getj.diffusion;

import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.data.Strokes;
import dev.getj.kernels.Backend;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The teacher that needs no training: the ideal denoiser of images of the built-in strokes.
 *
 * @param images drawn images that it knows, classes in turn
 * @param classes the first so many digits
 * @param conditional whether it is told the class
 * @param steps noise levels of the Heun sampler
 */
public record StrokesTeacher(int images, int classes, boolean conditional, int steps)
        implements PairMaker {
    /** Seed of the drawn images: the data set's, not the noise's. */
    public static final long DATA_SEED = 0;

    private static final int BATCH = 250;

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public StrokesTeacher {
        if (classes < 1 || classes > Strokes.CLASSES) {
            throw new IllegalArgumentException(
                    "the strokes have 1 to %s classes, not %s".formatted(Strokes.CLASSES, classes));
        }
        if (images < classes) {
            throw new IllegalArgumentException(
                    "the teacher needs an image of each of the %s classes, not %s images"
                            .formatted(classes, images));
        }
    }

    @Override
    public PairsDescription description(long count, long seed) {
        String name =
                "ideal denoiser of %s built-in strokes%s, %s Heun steps"
                        .formatted(images, conditional ? " by class" : "", steps);
        return new PairsDescription(
                count,
                Strokes.CHANNELS,
                Strokes.SIZE,
                conditional ? classes : 0,
                name,
                seed,
                Map.of(
                        "images", Integer.toString(images),
                        "classes_drawn", Integer.toString(classes),
                        "data_seed", Long.toString(DATA_SEED),
                        "steps", Integer.toString(steps)));
    }

    /** The drawn images, [images, 1, 16, 16]; image i is of class i mod {@link #classes}. */
    public float[] data() {
        float[] data = new float[images * Strokes.ELEMENTS];
        for (int i = 0; i < images; i++) {
            long index = (long) (i / classes) * Strokes.CLASSES + i % classes;
            Strokes.draw(DATA_SEED, index, data, i * Strokes.ELEMENTS);
        }
        return data;
    }

    @Override
    public long generate(
            Backend backend,
            Ranks ranks,
            Path folder,
            PairsDescription description,
            Progress progress,
            BooleanSupplier stop) {
        return new PairGenerator(backend, denoiser(backend), sampler(), BATCH)
                .generate(ranks, folder, description, progress, stop);
    }

    /**
     * Images from given noise.
     *
     * @param noise [count, 1, 16, 16]
     * @param labels [count]; not read by an unconditional teacher
     * @return [count, 1, 16, 16]
     */
    public float[] sample(Backend backend, float[] noise, int[] labels) {
        double[] made =
                sampler().sample(denoiser(backend), noise, labels, noise.length / Strokes.ELEMENTS);
        float[] images = new float[made.length];
        for (int i = 0; i < made.length; i++) {
            images[i] = (float) made[i];
        }
        return images;
    }

    /** How an image is made. */
    public HeunSampler sampler() {
        return new HeunSampler(steps);
    }

    private Denoiser denoiser(Backend backend) {
        if (!conditional) {
            return IdealDenoiser.unconditional(backend, data(), Strokes.ELEMENTS, BATCH);
        }
        int[] labels = new int[images];
        for (int i = 0; i < images; i++) {
            labels[i] = i % classes;
        }
        return IdealDenoiser.conditional(backend, data(), Strokes.ELEMENTS, labels, classes, BATCH);
    }
}
