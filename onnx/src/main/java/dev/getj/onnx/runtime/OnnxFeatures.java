package dev.getj.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;

import dev.getj.eval.FeatureFile;
import dev.getj.eval.Features;
import dev.getj.io.GetjException;
import dev.getj.onnx.runtime.OnnxModel.Input;
import dev.getj.onnx.runtime.OnnxModel.Output;

import java.util.Arrays;
import java.util.List;

/** A model of ONNX Runtime whose answers are compared. */
final class OnnxFeatures implements Features {
    /** Images that an Inception network takes half a gigabyte for. */
    private static final int AT_ONCE = 16;

    /** Their covariance takes 2 GB. */
    private static final int MOST_FEATURES = 1 << 14;

    private static final long MOST_VALUES = 1L << 28;

    private static final FeatureFile.Range UNIT = new FeatureFile.Range(0, 1);

    private final FeatureFile file;
    private final OnnxModel model;
    private final FeatureSignature signature;
    private final NetworkImages images;
    private final int batch;
    private final int dimensions;
    private final int classes;

    private OnnxFeatures(FeatureFile file, OnnxModel model) {
        this.file = file;
        this.model = model;
        signature = FeatureSignature.of(file, model.inputs(), model.outputs());
        images = images(file, signature);
        batch = signature.batch() == 0 ? AT_ONCE : signature.batch();
        // what a file says of its outputs is often nothing; two images tell them from constants
        int tried = signature.batch() == 0 ? 2 : signature.batch();
        if ((long) batch * images.elements() > MOST_VALUES) {
            throw new GetjException(
                    "%s: %s images at once of the input %s are more than memory holds"
                            .formatted(file.path(), batch, signature.image()));
        }
        List<Output> outputs = run(new float[0], 0, 0, tried);
        dimensions = length(outputs.getFirst(), tried);
        classes = outputs.size() == 1 ? 0 : length(outputs.getLast(), tried);
    }

    /**
     * @throws GetjException if ONNX Runtime cannot load or run the file, or it is no network of
     *     features
     */
    static OnnxFeatures open(FeatureFile file) {
        OnnxModel model = OnnxModel.open(file.path(), file.threads());
        try {
            return new OnnxFeatures(file, model);
        } catch (RuntimeException problem) {
            model.close();
            throw problem;
        }
    }

    private static NetworkImages images(FeatureFile file, FeatureSignature signature) {
        boolean whole = signature.image().type() == OnnxJavaType.UINT8;
        if (whole && file.range() != null) {
            throw new GetjException(
                    "%s: the input %s takes levels from 0 to 255; leave --range out"
                            .formatted(file.path(), signature.image()));
        }
        FeatureFile.Range range = file.range() == null ? UNIT : file.range();
        return new NetworkImages(
                file.channels(),
                file.imageSize(),
                signature.channels(),
                signature.size(),
                whole ? 0 : range.low(),
                whole ? 255 : range.high(),
                whole);
    }

    /** F or K of an output [batch, F] or [batch, F, 1, 1]. */
    private int length(Output output, int count) {
        long[] shape = output.shape();
        boolean fits =
                shape.length >= 2
                        && shape[0] == count
                        && Arrays.stream(shape).skip(2).allMatch(dimension -> dimension == 1);
        if (!fits || shape[1] < 1) {
            throw new GetjException(
                    "%s: the output %s of %s images has shape %s; [%s, F] or [%s, F, 1, 1] is expected"
                            .formatted(
                                    file.path(),
                                    output.name(),
                                    count,
                                    Arrays.toString(shape),
                                    count,
                                    count));
        }
        if (shape[1] > MOST_FEATURES) {
            throw new GetjException(
                    "%s: the output %s has %s numbers an image, at most %s can be compared"
                            .formatted(file.path(), output.name(), shape[1], MOST_FEATURES));
        }
        return (int) shape[1];
    }

    @Override
    public String name() {
        String resized =
                images.size() == images.fromSize() ? "" : ", resized from " + images.fromSize();
        String range =
                images.whole()
                        ? "in bytes"
                        : "from %s to %s".formatted(number(images.low()), number(images.high()));
        return "%s, %s features%s of %s×%s×%s images %s%s"
                .formatted(
                        file.path().getFileName(),
                        dimensions,
                        classes == 0 ? "" : " and %s classes".formatted(classes),
                        images.size(),
                        images.size(),
                        images.channels(),
                        range,
                        resized);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public Answers answers(float[] given, int count) {
        double[] features = new double[Math.multiplyExact(count, dimensions)];
        double[] logits = classes == 0 ? null : new double[Math.multiplyExact(count, classes)];
        for (int first = 0; first < count; first += batch) {
            int some = Math.min(batch, count - first);
            int fed = signature.batch() == 0 ? some : batch;
            List<Output> outputs = run(given, first, some, fed);
            copy(outputs.getFirst(), fed, features, first, some, dimensions);
            if (logits != null) {
                copy(outputs.getLast(), fed, logits, first, some, classes);
            }
        }
        return new Answers(features, logits);
    }

    // images first … first + count, and zeros up to what is fed
    private List<Output> run(float[] given, int first, int count, int fed) {
        int from = images.fromChannels() * images.fromSize() * images.fromSize();
        int elements = images.elements();
        float[] prepared = new float[Math.multiplyExact(fed, elements)];
        for (int i = 0; i < count; i++) {
            images.prepare(given, (first + i) * from, prepared, i * elements);
        }
        long[] shape = {fed, images.channels(), images.size(), images.size()};
        List<String> wanted =
                signature.logits() == null
                        ? List.of(signature.features())
                        : List.of(signature.features(), signature.logits());
        return model.run(List.of(new Input(signature.image(), shape, e -> prepared[e])), wanted);
    }

    private void copy(Output output, int fed, double[] target, int first, int count, int length) {
        if (output.values().length != fed * length) {
            throw new GetjException(
                    "%s: the output %s has shape %s, and %s numbers an image before"
                            .formatted(
                                    file.path(),
                                    output.name(),
                                    Arrays.toString(output.shape()),
                                    length));
        }
        for (int e = 0; e < count * length; e++) {
            double value = output.values()[e];
            if (!Double.isFinite(value)) {
                throw new GetjException(
                        "%s: the output %s holds %s".formatted(file.path(), output.name(), value));
            }
            target[first * length + e] = value;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
