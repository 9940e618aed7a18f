package dev.getj.eval;

import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;
import dev.getj.sample.WeightsLocation;

import java.nio.file.Path;

/**
 * A small classifier trained here. What it thinks of samples gives their class accuracy and a score
 * in the manner of the inception score; its second layer are features for a Fréchet distance.
 */
public final class Classifier implements Features {
    private final ClassifierForm form;
    private final ClassifierPass pass;
    private final float[] batch;

    /**
     * @param weights of the form's table; may change between calls
     */
    public Classifier(Backend backend, ClassifierForm form, Parameters weights) {
        this.form = form;
        pass = new ClassifierPass(backend, form, weights, null, BATCH);
        batch = new float[BATCH * form.pixels()];
    }

    /**
     * As {@link #load(WeightsLocation, Backend)}.
     *
     * @param path a safetensors file, or a run directory of {@code getj classifier train}
     */
    public static Classifier load(Path path, Backend backend) {
        return load(WeightsLocation.at(path), backend);
    }

    /**
     * Reads the averaged weights, or the only ones.
     *
     * @throws dev.getj.io.GetjException if there is no classifier, or it is damaged
     */
    public static Classifier load(WeightsLocation location, Backend backend) {
        try (SafetensorsFile file = location.open(WeightsLocation.Network.CLASSIFIER)) {
            ClassifierForm form = ClassifierForm.of(file);
            String prefix = file.has(WeightsFile.EMA + "fc1.weight") ? WeightsFile.EMA : "";
            Parameters weights = new Parameters(backend, form.table());
            for (ParameterTable.Entry entry : weights.table().entries()) {
                WeightsFile.read(file, prefix + entry.name(), entry, weights);
            }
            return new Classifier(backend, form, weights);
        }
    }

    public ClassifierForm form() {
        return form;
    }

    @Override
    public String name() {
        return form.describe();
    }

    @Override
    public int dimensions() {
        return form.features();
    }

    @Override
    public double[] features(float[] images, int count) {
        double[] features = new double[count * form.features()];
        run(
                images,
                count,
                (first, some) -> {
                    float[] values = pass.features().get();
                    for (int e = 0; e < some * form.features(); e++) {
                        features[first * form.features() + e] = values[e];
                    }
                });
        return features;
    }

    /**
     * What it thinks of images.
     *
     * @param images [≥ count, C, S, S]
     * @return [count, K], each row sums to 1
     */
    public double[] probabilities(float[] images, int count) {
        int classes = form.classes();
        double[] probabilities = new double[count * classes];
        run(
                images,
                count,
                (first, some) -> {
                    float[] logits = pass.logits().get();
                    for (int i = 0; i < some; i++) {
                        double[] row = softmax(logits, i * classes, classes);
                        System.arraycopy(row, 0, probabilities, (first + i) * classes, classes);
                    }
                });
        return probabilities;
    }

    @FunctionalInterface
    private interface Portion {
        void done(int first, int count);
    }

    private void run(float[] images, int count, Portion portion) {
        for (int first = 0; first < count; first += BATCH) {
            int some = Math.min(BATCH, count - first);
            System.arraycopy(images, first * form.pixels(), batch, 0, some * form.pixels());
            pass.input().set(batch);
            pass.forward();
            portion.done(first, some);
        }
    }

    /** The softmax of {@code count} values from {@code at} on, in double. */
    static double[] softmax(float[] values, int at, int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, values[at + i]);
        }
        double[] softmax = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            softmax[i] = StrictMath.exp(values[at + i] - largest);
            sum += softmax[i];
        }
        for (int i = 0; i < count; i++) {
            softmax[i] /= sum;
        }
        return softmax;
    }
}
