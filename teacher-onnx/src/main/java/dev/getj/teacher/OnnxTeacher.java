package dev.getj.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import dev.getj.diffusion.Edm;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherForm;
import dev.getj.io.GetjException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** A model of ONNX Runtime as a denoiser. */
final class OnnxTeacher implements Teacher {
    private final TeacherFile file;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxSignature signature;
    private final String sha256;

    private OnnxTeacher(
            TeacherFile file,
            OrtEnvironment environment,
            OrtSession session,
            OnnxSignature signature) {
        this.file = file;
        this.sha256 = sha256(file.path());
        this.environment = environment;
        this.session = session;
        this.signature = signature;
    }

    /**
     * @throws GetjException if ONNX Runtime cannot load the file, or it is no denoiser
     */
    static OnnxTeacher open(TeacherFile file) {
        OrtSession session = null;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            options.setIntraOpNumThreads(file.threads());
            session = environment.createSession(file.path().toString(), options);
            OnnxSignature signature =
                    OnnxSignature.of(
                            file,
                            specs(session.getInputInfo().values()),
                            specs(session.getOutputInfo().values()));
            return new OnnxTeacher(file, environment, session, signature);
        } catch (OrtException e) {
            throw new GetjException(
                    file.path() + ": ONNX Runtime cannot load it: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close(session, e);
            throw e;
        } catch (LinkageError e) {
            throw new GetjException(
                    "ONNX Runtime has no library for this system: " + e.getMessage(), e);
        }
    }

    private static List<TensorSpec> specs(Collection<NodeInfo> nodes) {
        return nodes.stream().map(TensorSpec::of).toList();
    }

    private static void close(OrtSession session, RuntimeException reason) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (OrtException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public int channels() {
        return signature.channels();
    }

    @Override
    public int size() {
        return signature.size();
    }

    @Override
    public int classes() {
        return signature.classes();
    }

    @Override
    public String name() {
        return "%s, a %s of %d×%d×%d images, %s"
                .formatted(
                        file.path().getFileName(),
                        form(),
                        size(),
                        size(),
                        channels(),
                        classes() == 0 ? "unconditional" : classes() + " classes");
    }

    private String form() {
        return signature.form().name().toLowerCase(Locale.ROOT);
    }

    /** The file by its SHA-256, so that a set is not gone on with by another teacher. */
    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("sha256", sha256);
        settings.put("form", form());
        settings.put("output", signature.output());
        if (signature.form() == TeacherForm.NETWORK) {
            settings.put("sigma_data", Double.toString(file.edm().sigmaData()));
        }
        return settings;
    }

    private static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file);
                DigestOutputStream digest =
                        new DigestOutputStream(
                                OutputStream.nullOutputStream(),
                                MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(digest);
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
        int batch = signature.batch() == 0 ? count : signature.batch();
        for (int from = 0; from < count; from += batch) {
            denoise(noisy, sigma, labels, from, Math.min(batch, count - from), batch, denoised);
        }
    }

    // images from … from + count, and copies of the last to fill the model's batch
    private void denoise(
            float[] noisy,
            double sigma,
            int[] labels,
            int from,
            int count,
            int batch,
            float[] denoised) {
        Edm edm = file.edm();
        boolean network = signature.form() == TeacherForm.NETWORK;
        double scale = network ? edm.cIn(sigma) : 1;
        double told = network ? Edm.cNoise(sigma) : sigma;
        double keep = network ? edm.cSkip(sigma) : 0;
        double gain = network ? edm.cOut(sigma) : 1;
        int elements = elements();
        int first = from * elements;
        int last = first + (count - 1) * elements;
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            long[] images = {batch, channels(), size(), size()};
            put(
                    inputs,
                    signature.image(),
                    images,
                    e -> scale * noisy[e < count * elements ? first + e : last + e % elements]);
            put(inputs, signature.sigma(), signature.sigma().levelsFor(batch), _ -> told);
            if (signature.label() != null) {
                putLabels(inputs, labels, from, count, batch);
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(signature.output()))) {
                IntToDoubleFunction output = values((OnnxTensor) result.get(0), batch * elements);
                for (int e = 0; e < count * elements; e++) {
                    denoised[first + e] =
                            (float) (keep * noisy[first + e] + gain * output.applyAsDouble(e));
                }
            }
        } catch (OrtException e) {
            throw new GetjException(file.path() + ": ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private void putLabels(
            Map<String, OnnxTensor> inputs, int[] labels, int from, int count, int batch)
            throws OrtException {
        TensorSpec spec = signature.label();
        int classes = classes();
        if (spec.rank() == 1) {
            put(inputs, spec, new long[] {batch}, i -> labels[from + Math.min(i, count - 1)]);
        } else {
            put(
                    inputs,
                    spec,
                    new long[] {batch, classes},
                    e -> labels[from + Math.min(e / classes, count - 1)] == e % classes ? 1 : 0);
        }
    }

    private void put(
            Map<String, OnnxTensor> inputs,
            TensorSpec spec,
            long[] shape,
            IntToDoubleFunction values)
            throws OrtException {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        OnnxJavaType type = spec.type();
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.multiplyExact(count, type.size))
                        .order(ByteOrder.nativeOrder());
        for (int e = 0; e < count; e++) {
            double value = values.applyAsDouble(e);
            switch (type) {
                case FLOAT -> bytes.putFloat((float) value);
                case DOUBLE -> bytes.putDouble(value);
                case INT64 -> bytes.putLong((long) value);
                case INT32 -> bytes.putInt((int) value);
                default -> throw new IllegalStateException(spec.toString());
            }
        }
        inputs.put(spec.name(), OnnxTensor.createTensor(environment, bytes.flip(), shape, type));
    }

    private IntToDoubleFunction values(OnnxTensor tensor, int expected) {
        long[] shape = tensor.getInfo().getShape();
        if (Arrays.stream(shape).reduce(1, (a, b) -> a * b) != expected) {
            throw new GetjException(
                    "%s: the output %s has shape %s instead of that of its images"
                            .formatted(file.path(), signature.output(), Arrays.toString(shape)));
        }
        return switch (tensor.getInfo().type) {
            case FLOAT -> tensor.getFloatBuffer()::get;
            case DOUBLE -> tensor.getDoubleBuffer()::get;
            default ->
                    throw new GetjException(
                            "%s: the output %s holds %s, not floats"
                                    .formatted(
                                            file.path(),
                                            signature.output(),
                                            tensor.getInfo().type));
        };
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
