package dev.getj.study;

import dev.getj.data.ImageData;
import dev.getj.data.Strokes;
import dev.getj.eval.ClassScores;
import dev.getj.eval.Classifier;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.Evaluation;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import java.util.stream.IntStream;

/** Compares images with drawn strokes that no teacher has seen. */
public final class Judge {
    /** Of the strokes compared with; teachers learn from seed 0. */
    private static final long DATA_SEED = 2;

    /** Strokes compared with, for each sample. */
    private static final int DATA = 5;

    private final FeatureMap features = new FeatureMap(Strokes.CHANNELS, Strokes.SIZE);
    private final Moments data;
    private final Classifier classifier;
    private final int images;

    /**
     * @param classifier of images of strokes, or null
     * @param images by which samples are judged
     */
    public Judge(Classifier classifier, int images) {
        this.classifier = classifier;
        this.images = images;
        int strokes = DATA * images;
        try (ImageData drawn =
                ImageData.open("builtin:strokes,seed=%s,count=%s".formatted(DATA_SEED, strokes))) {
            data = features.moments(Evaluation.pixels(drawn, strokes), strokes);
        }
    }

    /** What a judgement samples; the same noise for every network. */
    SampleRequest request(int iterations) {
        SampleRequest standard = SampleRequest.of(images).withIterations(iterations);
        return new SampleRequest(images, 0, SampleRequest.FRESH, labels(), standard.solver());
    }

    private int[] labels() {
        return IntStream.range(0, images).map(i -> i % Strokes.CLASSES).toArray();
    }

    /** The quality of what a network samples. */
    Quality judge(Sampler sampler, int iterations) {
        Samples samples = sampler.sample(request(iterations));
        return judge(
                new DrawnImages(
                        "samples",
                        samples.pixels(),
                        samples.labels(),
                        Strokes.CHANNELS,
                        Strokes.SIZE,
                        Strokes.CLASSES));
    }

    /** The quality of the first images of a set. */
    Quality judge(ImageData set) {
        int count = (int) Math.min(images, set.count());
        float[] pixels = Evaluation.pixels(set, count);
        double frechet = FrechetDistance.between(features.moments(pixels, count), data);
        return Quality.of(
                frechet,
                classifier == null ? null : ClassScores.of(classifier, set, count, 1).accuracy());
    }
}
