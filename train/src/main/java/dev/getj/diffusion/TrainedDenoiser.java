package dev.getj.diffusion;

import dev.getj.data.PairsDescription;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.model.ConfigJson;
import dev.getj.model.DenoiserPass;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.PrecisionChoice;
import dev.getj.model.WeightsFile;
import dev.getj.sample.WeightsLocation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network as a denoiser, {@code D(x; σ) = c_skip x + c_out F(c_in x; c_noise)} (Karras et al.
 * 2022, equation 7). The weights may change between calls.
 */
public final class TrainedDenoiser implements Teacher {
    /** What a file of weights says of its network. */
    record Form(ModelConfig model, Edm edm) {
        static Form of(SafetensorsFile file) {
            String json = file.metadata().get(WeightsFile.DENOISER);
            String sigma = file.metadata().get(TeacherConfig.SIGMA_DATA);
            if (json == null) {
                throw new GetjException(
                        file.path()
                                + " holds no teacher: its metadata has no '"
                                + WeightsFile.DENOISER
                                + "'; getj teacher train makes one");
            }
            ModelConfig model = ConfigJson.read(json, file.path().toString());
            if (model.kind() instanceof ModelConfig.Get) {
                throw new GetjException(
                        file.path() + " holds no teacher: " + model.describe() + " is a GET");
            }
            return new Form(model, new Edm(positive(file, sigma)));
        }

        private static double positive(SafetensorsFile file, String text) {
            try {
                double value = Double.parseDouble(String.valueOf(text));
                if (value > 0 && Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // reported below
            }
            throw new GetjException(
                    "%s: '%s' is %s, a positive number is expected"
                            .formatted(file.path(), TeacherConfig.SIGMA_DATA, text));
        }
    }

    /** Images denoised at once unless the caller says otherwise. */
    public static final int BATCH = 64;

    private final ModelConfig model;
    private final Edm edm;
    private final Precision precision;
    private final WatchedBackend watched;
    private final DenoiserPass pass;
    private final int batch;
    private final float[] chunk;
    private final int[] chunkLabels;
    private final Map<String, String> settings;

    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     * @param batch images denoised at once; their number does not change the result
     */
    public TrainedDenoiser(
            Backend backend,
            ModelConfig model,
            Edm edm,
            Parameters weights,
            int batch,
            Precision precision) {
        this(backend, model, edm, weights, batch, precision, Map.of());
    }

    private TrainedDenoiser(
            Backend backend,
            ModelConfig model,
            Edm edm,
            Parameters weights,
            int batch,
            Precision precision,
            Map<String, String> settings) {
        this.model = model;
        this.edm = edm;
        this.precision = precision;
        this.batch = batch;
        this.settings = settings;
        watched = new WatchedBackend(backend);
        pass = new DenoiserPass(watched, model, weights, batch, precision);
        chunk = new float[batch * model.pixels()];
        chunkLabels = new int[batch];
    }

    /**
     * As {@link #load(WeightsLocation, Backend, int)}.
     *
     * @param path a safetensors file, or a run directory, whose newest checkpoint is taken
     */
    public static TrainedDenoiser load(Path path, Backend backend, int batch) {
        return load(WeightsLocation.at(path), backend, batch);
    }

    /**
     * Reads a teacher's averaged weights, or the only ones.
     *
     * @param backend stays the caller's to close
     * @throws GetjException if there is no teacher, or it is damaged
     */
    public static TrainedDenoiser load(WeightsLocation location, Backend backend, int batch) {
        return load(location, backend, batch, Precision.FLOAT32);
    }

    /**
     * As {@link #load(WeightsLocation, Backend, int)}, in another precision.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow it, too
     */
    public static TrainedDenoiser load(
            WeightsLocation location, Backend backend, int batch, Precision precision) {
        return load(location, backend, batch, PrecisionChoice.always(precision));
    }

    /**
     * As {@link #load(WeightsLocation, Backend, int)}, in a precision that is chosen when the
     * network is known.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow what is chosen,
     *     too
     */
    public static TrainedDenoiser load(
            WeightsLocation location, Backend backend, int batch, PrecisionChoice precision) {
        try (SafetensorsFile file = location.open(WeightsLocation.Network.TEACHER)) {
            Form form = Form.of(file);
            String prefix = WeightsFile.prefix(file);
            // small tensors first: what a damaged size asks for is compared before it is allocated
            WeightsFile.table(file, prefix, form.model());
            Parameters weights = new Parameters(backend, ParameterTable.denoiser(form.model()));
            WeightsFile.read(file, prefix, form.model(), weights);
            Precision chosen = precision.of(backend, weights.table());
            Map<String, String> settings =
                    Map.of(
                            "weights",
                            location.toString(),
                            PairsDescription.SHA256,
                            file.sha256(),
                            "step",
                            step(file.metadata()),
                            PairsDescription.PRECISION,
                            chosen.toString());
            return new TrainedDenoiser(
                    backend, form.model(), form.edm(), weights, batch, chosen, settings);
        }
    }

    private static String step(Map<String, String> metadata) {
        return metadata.getOrDefault("step", "unknown");
    }

    @Override
    public String name() {
        return "teacher " + model.describe();
    }

    /** In which it computes. */
    public Precision precision() {
        return precision;
    }

    /** The parameters of the teacher at a place, of which only the header is read. */
    public static ParameterTable table(WeightsLocation location) {
        try (SafetensorsFile file = location.open(WeightsLocation.Network.TEACHER)) {
            return ParameterTable.denoiser(Form.of(file).model());
        }
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public int channels() {
        return model.channels();
    }

    @Override
    public int size() {
        return model.imageSize();
    }

    @Override
    public List<String> classNames() {
        return model.classNames();
    }

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public Optional<Teacher> unlabelled() {
        return model.images().nullClass()
                ? Optional.of(new Unlabelled(this, model.classes()))
                : Optional.empty();
    }

    @Override
    public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
        int elements = elements();
        float in = (float) edm.cIn(sigma);
        float skip = (float) edm.cSkip(sigma);
        float out = (float) edm.cOut(sigma);
        pass.round();
        pass.setLevel(Edm.cNoise(sigma));
        for (int first = 0; first < count; first += batch) {
            int images = Math.min(batch, count - first);
            for (int e = 0; e < images * elements; e++) {
                chunk[e] = in * noisy[first * elements + e];
            }
            pass.input().set(chunk);
            if (model.conditional()) {
                System.arraycopy(labels, first, chunkLabels, 0, images);
                pass.labels().set(chunkLabels);
            }
            pass.run();
            pass.output().get(chunk);
            requireInRange(images * elements);
            for (int e = 0; e < images * elements; e++) {
                denoised[first * elements + e] =
                        skip * noisy[first * elements + e] + out * chunk[e];
            }
        }
    }

    private void requireInRange(int count) {
        for (int e = 0; e < count && precision == Precision.MIXED; e++) {
            if (!Float.isFinite(chunk[e])) {
                throw Precision.beyondRange(watched.firstNotFinite(pass::run));
            }
        }
    }

    @Override
    public void close() {
        // tensors live as long as their backend
    }
}
