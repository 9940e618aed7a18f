package dev.getj.convert;

import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.io.StridedTensor;
import dev.getj.io.Suffix;
import dev.getj.io.torch.TorchWriter;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.WeightsFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites weights: of a torch checkpoint as safetensors, of a safetensors file as a {@code
 * state_dict}. Elements keep their type and their bits unless halves are asked for. A file that
 * holds no network is rewritten tensor by tensor.
 *
 * @param prefix under which the network's weights stood, {@code ema.} for example; null if there is
 *     no network
 * @param tensors written
 * @param parameters elements of the network; of all tensors if there is no network
 * @param config size of the network, null if there is none; null for a classifier, too
 * @param guessedHeads true if the file does not tell the number of heads
 * @param leftOut names beside the network's parameters
 * @param notes what was chosen and what was not read, in sentences without the file's name
 */
public record Conversion(
        String prefix,
        int tensors,
        long parameters,
        ModelConfig config,
        boolean guessedHeads,
        List<String> leftOut,
        List<String> notes) {

    /**
     * Which weights of a checkpoint are taken.
     *
     * @param key name of a set in the file, {@code model_ema} for example, or its last part
     */
    public record Which(String key) {
        /** The averaged weights, the ones to sample with, whatever they are called. */
        public static final Which EMA = new Which("ema");

        /** The weights that the optimiser moves, whatever they are called. */
        public static final Which MODEL = new Which("model");
    }

    /**
     * What is asked for.
     *
     * @param which null for the averaged weights, or the others if there are no averaged ones
     * @param heads null if not known
     * @param half whether weights are rounded to half precision, for safetensors only; positions,
     *     which are small, are not
     * @param start of the iterations, which tensors do not show; empty for what the file says, or
     *     noise
     */
    public record Request(
            Path in,
            Path out,
            Which which,
            Integer heads,
            boolean half,
            Optional<ModelConfig.Start> start) {
        /** With the start that the file says, or noise. */
        public Request(Path in, Path out, Which which, Integer heads, boolean half) {
            this(in, out, which, heads, half, Optional.empty());
        }
    }

    /** Metadata of a file that holds weights alone. */
    private static final List<String> KEPT =
            List.of("sigma_data", WeightsFile.CLASSIFIER, "step", "seed", "pairs", "images");

    private static final float LARGEST_HALF = 65504;

    /**
     * Converts one set of weights: to a {@code state_dict} if {@code out} ends in {@code .pt},
     * {@code .pth}, {@code .pkl}, {@code .bin} or {@code .ckpt}, to safetensors if it ends in that,
     * and to the other of the two otherwise. What a file of ours says beside its weights is kept.
     *
     * @throws GetjException if {@code in} cannot be read or lacks a part of the network, or {@code
     *     out} cannot be written; nothing is left behind then
     */
    public static Conversion run(Request request) {
        try (NamedTensors file = NamedTensors.open(request.in())) {
            boolean classifier = Weights.ofClassifier(file);
            WeightSets sets = WeightSets.of(file);
            WeightSets.Found found = classifier ? null : sets.choose(request.which()).orElse(null);
            String prefix =
                    classifier
                            ? Weights.classifierPrefix(file, classifierSets(request.which()))
                            : found == null ? null : found.prefix();
            if (prefix == null) {
                requireTensors(file, request.which());
            }
            List<String> notes = notes(file, sets, found);
            file.check().run();
            boolean toTorch = toTorch(request.out(), file.torch());
            if (request.half() && (toTorch || prefix == null)) {
                throw new GetjException(
                        toTorch
                                ? "halves are written as safetensors, and %s is none by its name"
                                        .formatted(request.out())
                                : request.in() + " holds no network whose weights could be halves");
            }
            if (prefix == null || classifier) {
                Map<String, StridedTensor> tensors =
                        prefix == null ? file.tensors() : Weights.under(prefix, file.tensors());
                write(request, toTorch, tensors, classifier ? weightsOf(file) : Map.of());
                return new Conversion(
                        prefix, tensors.size(), elements(tensors), null, false, List.of(), notes);
            }
            Weights weights = read(file, prefix, request);
            if (toTorch && weights.config().kind().start() == ModelConfig.Start.INJECTION) {
                notes.add(
                        "a state_dict does not say that the iterations begin at the injection; to"
                                + " convert it back, give --start injection");
            }
            Map<String, String> metadata = weightsOf(file);
            metadata.put(
                    Weights.ofDenoiser(file) ? WeightsFile.DENOISER : "config",
                    ConfigJson.write(weights.config()));
            write(request, toTorch, inReferenceOrder(weights.tensors()), metadata);
            return new Conversion(
                    prefix,
                    weights.tensors().size(),
                    weights.parameters(),
                    weights.config(),
                    weights.guessedHeads(),
                    weights.leftOut(),
                    with(notes, weights.note()));
        }
    }

    // of a checkpoint of ours, what is still true of its weights alone
    private static Map<String, String> weightsOf(NamedTensors file) {
        Map<String, String> kept = new LinkedHashMap<>();
        if (!file.torch()) {
            kept.putAll(file.settings());
            kept.keySet().retainAll(KEPT);
        }
        kept.putAll(FileFormat.WEIGHTS.metadata());
        return kept;
    }

    /**
     * Converts a checkpoint of the reference with everything that training needs to resume: both
     * sets of weights, both moments, and the number of steps.
     *
     * @throws GetjException as {@link #run} does
     */
    public static Conversion runForTraining(Request request) {
        try (NamedTensors file = NamedTensors.open(request.in())) {
            Weights model = set(file, "model.", request);
            Weights ema = set(file, "ema.", request);
            if (!model.config().equals(ema.config())) {
                throw new GetjException(
                        request.in() + ": the averaged weights belong to another network");
            }
            OptimizerState state = OptimizerState.read(file, model);
            file.check().run();
            Map<String, StridedTensor> all = new LinkedHashMap<>();
            model.tensors().forEach((name, tensor) -> all.put("model." + name, tensor));
            ema.tensors().forEach((name, tensor) -> all.put("ema." + name, tensor));
            state.first().forEach((name, tensor) -> all.put("exp_avg." + name, tensor));
            state.second().forEach((name, tensor) -> all.put("exp_avg_sq." + name, tensor));
            Map<String, String> metadata = new LinkedHashMap<>(FileFormat.CHECKPOINT.metadata());
            metadata.put("config", ConfigJson.write(model.config()));
            metadata.put("step", Long.toString(state.steps()));
            write(request, false, all, metadata);
            return new Conversion(
                    model.prefix(),
                    all.size(),
                    model.parameters(),
                    model.config(),
                    model.guessedHeads(),
                    model.leftOut(),
                    with(notes(file, WeightSets.of(file), null), model.note()));
        }
    }

    /** Which set was taken where that is not plain, and what was not read. */
    private static List<String> notes(NamedTensors file, WeightSets sets, WeightSets.Found taken) {
        List<String> notes = new ArrayList<>();
        if (taken != null && !taken.prefix().isEmpty()) {
            String others = sets.others(taken);
            notes.add(
                    "the weights %s were taken%s"
                            .formatted(
                                    taken.name(),
                                    others.isEmpty()
                                            ? ""
                                            : ", not " + others + "; --which KEY takes others"));
        }
        if (!file.foreign().isEmpty()) {
            notes.add(
                    "it holds objects of classes that are not read: "
                            + Weights.some(List.copyOf(file.foreign())));
        }
        return notes;
    }

    private static List<String> with(List<String> notes, String note) {
        if (!note.isEmpty()) {
            notes.add(note);
        }
        return notes;
    }

    private static List<String> classifierSets(Which which) {
        return Which.MODEL.equals(which)
                ? List.of("model.", "")
                : which == null ? List.of("ema.", "", "model.") : List.of(which.key() + ".", "");
    }

    /**
     * A file without a network is copied, but not if a set was asked for by name, or it is empty.
     */
    private static void requireTensors(NamedTensors file, Which which) {
        if (file.tensors().isEmpty()) {
            throw new GetjException(
                    file.path()
                            + " holds no tensors"
                            + (file.foreign().isEmpty()
                                    ? ""
                                    : ", only objects of classes that are not read ("
                                            + Weights.some(List.copyOf(file.foreign()))
                                            + "); save the state_dict() of a model, not the"
                                            + " model"));
        }
        if (which != null && !which.equals(Which.EMA) && !which.equals(Which.MODEL)) {
            throw new GetjException(
                    "%s holds no network of ours, so there are no weights '%s' in it"
                            .formatted(file.path(), which.key()));
        }
    }

    private static Weights set(NamedTensors file, String set, Request request) {
        String key = set.replace(".", "");
        String prefix =
                WeightSets.of(file)
                        .exactly(key)
                        .map(WeightSets.Found::prefix)
                        .orElseThrow(
                                () ->
                                        new GetjException(
                                                "%s holds no weights '%s', which training needs"
                                                        .formatted(file.path(), key)));
        return read(file, prefix, request);
    }

    private static Weights read(NamedTensors file, String prefix, Request request) {
        Weights weights = Weights.read(file, prefix, request.heads());
        return request.start()
                .map(start -> weights.startingAt(request.in().toString(), start))
                .orElse(weights);
    }

    private static boolean toTorch(Path out, boolean fromTorch) {
        return !Suffix.is(out, ".safetensors")
                && (Suffix.is(out, ".pt", ".pth", ".pkl", ".bin", ".ckpt") || !fromTorch);
    }

    /** The positional embedding comes first in the reference. */
    private static Map<String, StridedTensor> inReferenceOrder(Map<String, StridedTensor> tensors) {
        Map<String, StridedTensor> ordered = new LinkedHashMap<>();
        ordered.put(ParameterTable.POSITION, tensors.get(ParameterTable.POSITION));
        ordered.putAll(tensors);
        return ordered;
    }

    private static long elements(Map<String, StridedTensor> tensors) {
        return tensors.values().stream().mapToLong(StridedTensor::size).sum();
    }

    private static void write(
            Request request,
            boolean toTorch,
            Map<String, StridedTensor> tensors,
            Map<String, String> metadata) {
        if (toTorch) {
            TorchWriter writer = new TorchWriter();
            tensors.forEach(writer::add);
            writer.write(request.out());
        } else {
            SafetensorsWriter writer = new SafetensorsWriter();
            metadata.forEach(writer::metadata);
            tensors.forEach(
                    request.half() ? (name, tensor) -> addHalf(writer, name, tensor) : writer::add);
            writer.write(request.out());
        }
    }

    private static void addHalf(SafetensorsWriter writer, String name, StridedTensor tensor) {
        if (name.equals(ParameterTable.POSITION)) {
            writer.add(name, tensor);
            return;
        }
        float[] values = tensor.floats();
        for (float value : values) {
            if (Math.abs(value) > LARGEST_HALF) {
                throw new GetjException(
                        "%s holds %s, more than half precision reaches"
                                .formatted(tensor.label(), value));
            }
        }
        writer.addHalf(name, values, tensor.shape());
    }
}
