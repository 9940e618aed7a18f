package dev.getj.eval;

import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.FeatureLoss;
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
    private static final int BATCH = FeatureSet.BATCH;

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
        Weights weights = weights(location, backend);
        return new Classifier(backend, weights.form, weights.parameters);
    }

    private record Weights(ClassifierForm form, Parameters parameters) {}

    private static Weights weights(WeightsLocation location, Backend backend) {
        try (SafetensorsFile file = location.open(WeightsLocation.Network.CLASSIFIER)) {
            ClassifierForm form = ClassifierForm.of(file);
            String prefix = file.has(WeightsFile.EMA + "fc1.weight") ? WeightsFile.EMA : "";
            // before memory is taken for what a damaged size asks for
            WeightsFile.require(file, prefix, form.table());
            Parameters weights = new Parameters(backend, form.table());
            for (ParameterTable.Entry entry : weights.table().entries()) {
                WeightsFile.read(file, prefix + entry.name(), entry, weights);
            }
            return new Weights(form, weights);
        }
    }

    /**
     * Its first two layers as a loss.
     *
     * @throws dev.getj.io.GetjException as {@link #load(WeightsLocation, Backend)}
     */
    public static FeatureLoss loss(WeightsLocation location, Backend backend, double weight) {
        return new FeatureLoss(weight, weights(location, backend).parameters);
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
    public int classes() {
        return form.classes();
    }

    @Override
    public Answers answers(float[] images, int count) {
        int width = form.features();
        int classes = form.classes();
        double[] features = new double[Math.multiplyExact(count, width)];
        double[] logits = new double[Math.multiplyExact(count, classes)];
        for (int first = 0; first < count; first += BATCH) {
            int some = Math.min(BATCH, count - first);
            System.arraycopy(images, first * form.pixels(), batch, 0, some * form.pixels());
            pass.input().set(batch);
            pass.forward();
            copy(pass.features(), features, first * width, some * width);
            copy(pass.logits(), logits, first * classes, some * classes);
        }
        return new Answers(features, logits);
    }

    private static void copy(Tensor from, double[] to, int at, int count) {
        float[] values = from.get();
        for (int e = 0; e < count; e++) {
            to[at + e] = values[e];
        }
    }
}
