package dev.getj.model;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.util.Arrays;
import java.util.List;

/**
 * Reads a network's parameters from a safetensors file: a checkpoint ({@code ema.…} and {@code
 * model.…}), plain names, or {@code param.…} as in the golden files. The file's metadata {@code
 * config} tells the network's size.
 */
public final class WeightsFile {
    /** Prefix of the averaged weights in a checkpoint: the ones to sample with. */
    public static final String EMA = "ema.";

    /** Prefix of the trained weights in a checkpoint. */
    public static final String MODEL = "model.";

    /** Metadata that tells a denoiser's size, where other networks have {@code config}. */
    public static final String DENOISER = "denoiser";

    /** Metadata that tells a classifier's size. */
    public static final String CLASSIFIER = "classifier";

    private static final List<String> PREFIXES = List.of(EMA, "", "param.", MODEL);
    private static final String FIRST = "x_embedder.proj.weight";

    private WeightsFile() {}

    /**
     * The size of the network whose weights {@code file} holds.
     *
     * @throws GetjException if the file does not say
     */
    public static ModelConfig config(SafetensorsFile file) {
        String json = file.metadata().get("config");
        if (json == null && file.metadata().containsKey(DENOISER)) {
            throw new GetjException(
                    file.path()
                            + " is a teacher, which needs many steps: sample it with getj teacher"
                            + " sample");
        }
        if (json == null && file.metadata().containsKey(CLASSIFIER)) {
            throw new GetjException(
                    file.path() + " is a classifier, which judges images and makes none");
        }
        if (json == null) {
            throw new GetjException(
                    file.path()
                            + " has no 'config' in its metadata, so the size of the network is"
                            + " unknown; it was not written by getj: getj convert reads it and"
                            + " writes one that does");
        }
        return ConfigJson.read(json, file.path().toString());
    }

    /**
     * The prefix under which {@code file} holds weights, averaged ones preferred.
     *
     * @throws GetjException if it holds none
     */
    public static String prefix(SafetensorsFile file) {
        return PREFIXES.stream()
                .filter(prefix -> file.has(prefix + FIRST))
                .findFirst()
                .orElseThrow(
                        () ->
                                new GetjException(
                                        file.path()
                                                + " holds no weights: there is no tensor '"
                                                + FIRST
                                                + "' in it"));
    }

    /**
     * The parameters of a network of size {@code config}, after checking that {@code file} holds
     * them: before memory is taken for what a damaged configuration asks for.
     *
     * @throws GetjException naming the first parameter that is missing or has another shape
     */
    public static ParameterTable table(SafetensorsFile file, String prefix, ModelConfig config) {
        ParameterTable table;
        try {
            table = new ParameterTable(config);
        } catch (IllegalArgumentException e) {
            throw new GetjException(
                    file.path() + ": impossible model configuration: " + e.getMessage(), e);
        }
        require(file, prefix, table);
        return table;
    }

    /**
     * Checks that {@code file} holds the parameters of {@code table}; the positions may lack.
     *
     * @throws GetjException naming the first parameter that is missing or has another shape
     */
    public static void require(SafetensorsFile file, String prefix, ParameterTable table) {
        for (ParameterTable.Entry entry : table.entries()) {
            String name = prefix + entry.name();
            if (file.has(name) || !entry.name().equals(ParameterTable.POSITION)) {
                requireShape(file, name, entry);
            }
        }
    }

    private static void requireShape(
            SafetensorsFile file, String name, ParameterTable.Entry entry) {
        long[] shape = file.entry(name).shape();
        long[] expected = entry.shape().stream().mapToLong(Integer::longValue).toArray();
        if (!Arrays.equals(shape, expected)) {
            throw new GetjException(
                    "%s: tensor '%s' has shape %s, the network needs %s"
                            .formatted(
                                    file.path(),
                                    name,
                                    Arrays.toString(shape),
                                    Arrays.toString(expected)));
        }
        if (!file.entry(name).dtype().isFloat()) {
            throw new GetjException(
                    "%s: tensor '%s' holds %s, not floats"
                            .formatted(file.path(), name, file.entry(name).dtype()));
        }
    }

    /**
     * Fills {@code parameters} from the tensors {@code prefix + name}. A missing positional
     * embedding is computed.
     *
     * @throws GetjException naming the first parameter that is missing, has another shape, or is
     *     not finite
     */
    public static void read(
            SafetensorsFile file, String prefix, ModelConfig config, Parameters parameters) {
        for (ParameterTable.Entry entry : parameters.table().entries()) {
            String name = prefix + entry.name();
            if (!file.has(name) && entry.name().equals(ParameterTable.POSITION)) {
                Initialization.initializePositions(config, parameters);
                continue;
            }
            read(file, name, entry, parameters);
        }
    }

    /**
     * Fills one parameter from the tensor {@code name}.
     *
     * @throws GetjException if it is missing, has another shape, or is not finite
     */
    public static void read(
            SafetensorsFile file, String name, ParameterTable.Entry entry, Parameters parameters) {
        requireShape(file, name, entry);
        float[] values = file.floats(name);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s: tensor '%s' holds %s at position %s; the weights are damaged"
                                .formatted(file.path(), name, values[i], i));
            }
        }
        parameters.tensor(entry.name()).set(values);
    }
}
