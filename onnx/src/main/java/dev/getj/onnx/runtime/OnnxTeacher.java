package dev.getj.onnx.runtime;

import dev.getj.diffusion.Edm;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherForm;
import dev.getj.io.GetjException;
import dev.getj.onnx.runtime.OnnxModel.Input;
import dev.getj.onnx.runtime.OnnxModel.Output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A model of ONNX Runtime as a denoiser. */
final class OnnxTeacher implements Teacher {
    private final TeacherFile file;
    private final OnnxModel model;
    private final OnnxSignature signature;
    private final OnnxIdentity identity;

    private OnnxTeacher(TeacherFile file, OnnxModel model, OnnxIdentity identity) {
        this.file = file;
        this.model = model;
        this.signature = OnnxSignature.of(file, model.inputs(), model.outputs());
        this.identity = identity;
    }

    /**
     * @throws GetjException if ONNX Runtime cannot load the file, it is no denoiser, or it changed
     *     while it was loaded
     */
    static OnnxTeacher open(TeacherFile file) {
        OnnxIdentity identity = OnnxIdentity.of(file.path());
        OnnxModel model = OnnxModel.open(file.path(), file.threads());
        try {
            identity.requireUnchanged(file.path());
            return new OnnxTeacher(file, model, identity);
        } catch (RuntimeException problem) {
            model.close();
            throw problem;
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
        return "%s, a %s of %s×%s×%s images, %s%s"
                .formatted(
                        file.path().getFileName(),
                        form(),
                        size(),
                        size(),
                        channels(),
                        classes() == 0 ? "unconditional" : classes() + " classes",
                        signature.zeros().isEmpty() ? "" : ", zeros as " + zeroNames());
    }

    private String zeroNames() {
        return signature.zeros().stream()
                .map(TensorSpec::name)
                .collect(Collectors.joining(" and "));
    }

    private String form() {
        return signature.form().name().toLowerCase(Locale.ROOT);
    }

    /** All its files by their SHA-256, so that a set is not resumed with another teacher. */
    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("sha256", identity.sha256());
        if (!identity.externalSha256().isEmpty()) {
            settings.put("external_sha256", identity.externalSha256());
        }
        if (!signature.zeros().isEmpty()) {
            settings.put("zeros", zeroNames());
        }
        settings.put("form", form());
        settings.put("output", signature.output());
        if (signature.form() == TeacherForm.NETWORK) {
            settings.put("sigma_data", Double.toString(file.edm().sigmaData()));
        }
        return settings;
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
        List<Input> inputs = new ArrayList<>();
        inputs.add(
                new Input(
                        signature.image(),
                        new long[] {batch, channels(), size(), size()},
                        e ->
                                scale
                                        * noisy[
                                                e < count * elements
                                                        ? first + e
                                                        : last + e % elements]));
        inputs.add(new Input(signature.sigma(), signature.sigma().levelsFor(batch), _ -> told));
        if (signature.label() != null) {
            inputs.add(labels(labels, from, count, batch));
        }
        for (TensorSpec spec : signature.zeros()) {
            inputs.add(new Input(spec, spec.zerosFor(batch), _ -> 0));
        }
        double[] output = output(inputs, batch * elements);
        for (int e = 0; e < count * elements; e++) {
            denoised[first + e] = (float) (keep * noisy[first + e] + gain * output[e]);
        }
    }

    private Input labels(int[] labels, int from, int count, int batch) {
        TensorSpec spec = signature.label();
        int classes = classes();
        if (spec.rank() == 1) {
            return new Input(spec, new long[] {batch}, i -> labels[from + Math.min(i, count - 1)]);
        }
        return new Input(
                spec,
                new long[] {batch, classes},
                e -> labels[from + Math.min(e / classes, count - 1)] == e % classes ? 1 : 0);
    }

    private double[] output(List<Input> inputs, int expected) {
        Output output = model.run(inputs, List.of(signature.output())).getFirst();
        if (output.values().length != expected) {
            throw new GetjException(
                    "%s: the output %s has shape %s instead of that of its images"
                            .formatted(
                                    file.path(), output.name(), Arrays.toString(output.shape())));
        }
        return output.values();
    }

    @Override
    public void close() {
        model.close();
    }
}
