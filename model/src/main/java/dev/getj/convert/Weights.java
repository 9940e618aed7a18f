package dev.getj.convert;

import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.WeightsFile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One set of weights of a network in a file, complete and of the right shapes.
 *
 * @param prefix of their names in the file
 * @param tensors by the names of the parameters
 * @param leftOut names under the prefix that are no parameters
 * @param note what the user should know of how its size was inferred; mostly empty
 */
record Weights(
        String prefix,
        ModelConfig config,
        boolean guessedHeads,
        Map<String, StridedTensor> tensors,
        List<String> leftOut,
        String note) {

    /** Whether a file of ours holds a teacher. */
    static boolean ofDenoiser(NamedTensors file) {
        return !file.torch() && file.settings().containsKey(WeightsFile.DENOISER);
    }

    /** Whether a file of ours holds a classifier, of which only its tensors are looked at. */
    static boolean ofClassifier(NamedTensors file) {
        return !file.torch() && file.settings().containsKey(WeightsFile.CLASSIFIER);
    }

    /** The prefix of a classifier's weights, or null. */
    static String classifierPrefix(NamedTensors file, List<String> sets) {
        return sets.stream()
                .filter(set -> file.tensors().containsKey(set + "fc1.weight"))
                .findFirst()
                .orElse(null);
    }

    /** The tensors whose names begin with a prefix, without it. */
    static Map<String, StridedTensor> under(String prefix, Map<String, StridedTensor> tensors) {
        Map<String, StridedTensor> chosen = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) -> {
                    if (name.startsWith(prefix)) {
                        chosen.put(name.substring(prefix.length()), tensor);
                    }
                });
        return chosen;
    }

    /**
     * @param heads null if not known; a teacher's file tells
     * @throws GetjException naming what is missing or has another shape
     */
    static Weights read(NamedTensors file, String prefix, Integer heads) {
        String path = file.path().toString();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        under(prefix, file.tensors()).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        String denoiser = ofDenoiser(file) ? file.settings().get(WeightsFile.DENOISER) : null;
        InferredConfig inferred =
                denoiser == null
                        ? InferredConfig.of(path, shapes, file.settings(), heads)
                        : new InferredConfig(ConfigJson.read(denoiser, path), false);
        ParameterTable table;
        try {
            table =
                    denoiser == null
                            ? new ParameterTable(inferred.config())
                            : ParameterTable.denoiser(inferred.config());
        } catch (IllegalArgumentException e) {
            throw new GetjException(path + " holds no network that can be: " + e.getMessage(), e);
        }
        Map<String, StridedTensor> tensors = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (ParameterTable.Entry entry : table.entries()) {
            StridedTensor tensor = file.tensors().get(prefix + entry.name());
            if (tensor == null) {
                requireNotUnread(file, prefix + entry.name());
                missing.add(entry.name());
            } else {
                requireFit(tensor, entry);
                tensors.put(entry.name(), tensor);
            }
        }
        if (!missing.isEmpty()) {
            throw new GetjException(
                    "%s lacks %s of the network's %s tensors: %s"
                            .formatted(
                                    path, missing.size(), table.entries().size(), some(missing)));
        }
        Set<String> left = new LinkedHashSet<>(shapes.keySet());
        left.removeAll(tensors.keySet());
        return new Weights(
                prefix,
                inferred.config(),
                inferred.guessedHeads(),
                tensors,
                List.copyOf(left),
                inferred.note());
    }

    /**
     * The same, of a network whose iterations begin elsewhere.
     *
     * @throws GetjException if there are none
     */
    Weights startingAt(String file, ModelConfig.Start start) {
        if (config.kind() instanceof ModelConfig.Vit) {
            throw new GetjException(
                    "%s holds a network without an equilibrium, so no iterations begin: leave out --start"
                            .formatted(file));
        }
        return new Weights(prefix, config.withStart(start), guessedHeads, tensors, leftOut, note);
    }

    private static void requireNotUnread(NamedTensors file, String name) {
        if (file.unread().containsKey(name)) {
            throw new GetjException(
                    "%s: '%s' is of %s, the network needs floats; convert it in Python with .float()"
                            .formatted(file.path(), name, file.unread().get(name)));
        }
    }

    /**
     * @throws GetjException if {@code tensor} cannot be this parameter
     */
    static void requireFit(StridedTensor tensor, ParameterTable.Entry entry) {
        long[] expected = entry.shape().stream().mapToLong(Integer::longValue).toArray();
        if (!Arrays.equals(tensor.shape(), expected) || !tensor.dtype().isFloat()) {
            throw new GetjException(
                    "%s is %s %s, the network needs floats %s"
                            .formatted(
                                    tensor.label(),
                                    tensor.dtype(),
                                    tensor.shapeText(),
                                    Arrays.toString(expected)));
        }
    }

    /** The elements of all parameters. */
    long parameters() {
        return tensors.values().stream().mapToLong(StridedTensor::size).sum();
    }

    /** The first few names. */
    static String some(List<String> names) {
        int shown = Math.min(names.size(), 5);
        return String.join(", ", names.subList(0, shown))
                + (names.size() > shown ? " and %s more".formatted(names.size() - shown) : "");
    }
}
