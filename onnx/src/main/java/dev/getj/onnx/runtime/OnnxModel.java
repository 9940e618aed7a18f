package dev.getj.onnx.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;

import dev.getj.io.FileKind;
import dev.getj.io.GetjException;
import dev.getj.io.Suffix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** A file that ONNX Runtime has loaded. What it cannot do is told as a {@link GetjException}. */
final class OnnxModel implements AutoCloseable {
    /**
     * What a model is fed with.
     *
     * @param values by element, row-major
     */
    record Input(TensorSpec spec, long[] shape, IntToDoubleFunction values) {}

    /**
     * What a model answers.
     *
     * @param values row-major
     */
    record Output(String name, long[] shape, double[] values) {}

    private final Path path;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;

    private OnnxModel(Path path, OrtEnvironment environment, OrtSession session)
            throws OrtException {
        this.path = path;
        this.environment = environment;
        this.session = session;
        this.inputs = specs(session.getInputInfo().values());
        this.outputs = specs(session.getOutputInfo().values());
    }

    /**
     * @throws GetjException if ONNX Runtime cannot load the file
     */
    static OnnxModel open(Path path, int threads) {
        requireKind(path);
        ExternalData.of(path);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            options.setIntraOpNumThreads(threads);
            // an error comes as an exception, which is told in one line
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return new OnnxModel(
                    path, environment, environment.createSession(path.toString(), options));
        } catch (OrtException e) {
            throw new GetjException(path + ": ONNX Runtime cannot load it: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new GetjException(
                    "ONNX Runtime has no library for this system: " + e.getMessage(), e);
        }
    }

    /**
     * @throws GetjException if the file is known to be something else
     */
    static void requireKind(Path path) {
        FileKind kind = Files.isRegularFile(path) ? FileKind.of(path) : FileKind.ONNX;
        if (kind != FileKind.ONNX && kind != FileKind.UNKNOWN) {
            throw new GetjException(path + " is not an ONNX model: it is " + kind.text());
        }
    }

    /** Whether a file is of this format, by its name. */
    static boolean named(Path file) {
        return Suffix.is(file, ".onnx");
    }

    private static List<TensorSpec> specs(Collection<NodeInfo> nodes) {
        return nodes.stream().map(TensorSpec::of).toList();
    }

    Path path() {
        return path;
    }

    List<TensorSpec> inputs() {
        return inputs;
    }

    List<TensorSpec> outputs() {
        return outputs;
    }

    /**
     * Runs the model once.
     *
     * @param wanted names of outputs
     * @return these, in this order
     * @throws GetjException if it fails, or an output is no tensor of floats
     */
    List<Output> run(List<Input> fed, List<String> wanted) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Input input : fed) {
                tensors.put(input.spec().name(), tensor(input));
            }
            try (OrtSession.Result result = session.run(tensors, new LinkedHashSet<>(wanted))) {
                List<Output> answered = new ArrayList<>();
                for (String name : wanted) {
                    answered.add(output(name, result.get(name).orElseThrow()));
                }
                return answered;
            }
        } catch (OrtException e) {
            throw new GetjException(path + ": ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Input input) throws OrtException {
        OnnxJavaType type = input.spec().type();
        int count = elements(input, type);
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(count * type.size).order(ByteOrder.nativeOrder());
        for (int e = 0; e < count; e++) {
            double value = input.values().applyAsDouble(e);
            switch (type) {
                case FLOAT -> bytes.putFloat((float) value);
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
                case BFLOAT16 -> bytes.putShort(bfloat16((float) value));
                case DOUBLE -> bytes.putDouble(value);
                case INT64 -> bytes.putLong((long) value);
                case INT32 -> bytes.putInt((int) value);
                case INT16 -> bytes.putShort((short) value);
                case INT8, UINT8 -> bytes.put((byte) (int) value);
                case BOOL -> bytes.put((byte) (value == 0 ? 0 : 1));
                default ->
                        throw new GetjException(
                                "%s: the input %s has a type that cannot be fed; export it with floats"
                                        .formatted(path, input.spec()));
            }
        }
        return OnnxTensor.createTensor(environment, bytes.flip(), input.shape(), type);
    }

    /** The upper half of a float, rounded to even. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private int elements(Input input, OnnxJavaType type) {
        double bytes =
                Arrays.stream(input.shape()).asDoubleStream().reduce(type.size, (a, b) -> a * b);
        if (bytes > Integer.MAX_VALUE) {
            throw new GetjException(
                    String.format(
                            Locale.ROOT,
                            "%s: the input %s would take %.1f GB, more than one array holds",
                            path,
                            input.spec(),
                            bytes * 1e-9));
        }
        return (int) (bytes / type.size);
    }

    private Output output(String name, OnnxValue value) {
        if (!(value instanceof OnnxTensor tensor)) {
            throw new GetjException("%s: the output %s is no tensor".formatted(path, name));
        }
        double[] values =
                switch (tensor.getInfo().type) {
                    case FLOAT, FLOAT16, BFLOAT16 -> {
                        FloatBuffer floats = tensor.getFloatBuffer();
                        double[] copy = new double[floats.remaining()];
                        Arrays.setAll(copy, floats::get);
                        yield copy;
                    }
                    case DOUBLE -> {
                        DoubleBuffer doubles = tensor.getDoubleBuffer();
                        double[] copy = new double[doubles.remaining()];
                        doubles.get(copy);
                        yield copy;
                    }
                    default ->
                            throw new GetjException(
                                    "%s: the output %s holds %s, not floats"
                                            .formatted(path, name, tensor.getInfo().type));
                };
        return new Output(name, tensor.getInfo().getShape(), values);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
