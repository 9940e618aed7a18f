package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Tensor;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state of a run in one safetensors file: weights, their average and both moments by name; size
 * of the network, step, seed and position in the shuffled pairs as metadata.
 */
final class Checkpoint {
    private static final String FIRST_MOMENT = "exp_avg.";
    private static final String SECOND_MOMENT = "exp_avg_sq.";

    private Checkpoint() {}

    static void write(
            Path file,
            RunConfig config,
            long pairs,
            long step,
            Parameters weights,
            Optimizer optimizer) {
        SafetensorsWriter writer = described(config, pairs, step);
        List<ParameterTable.Entry> all = weights.table().entries();
        List<ParameterTable.Entry> trained = weights.table().trainedEntries();
        add(writer, WeightsFile.MODEL, all, weights);
        add(writer, WeightsFile.EMA, all, optimizer.average());
        add(writer, FIRST_MOMENT, trained, optimizer.firstMoment());
        add(writer, SECOND_MOMENT, trained, optimizer.secondMoment());
        writer.write(file);
    }

    /**
     * Makes a checkpoint of a run from one that another program wrote, with the same tensors.
     *
     * @param from weights, their average, both moments, the step
     * @param pairs in the set that the run learns from
     * @return the step it was saved after
     * @throws GetjException if a part is missing or the run would not go beyond it
     */
    static long adopt(Path from, RunDirectory run, RunConfig config, long pairs) {
        try (SafetensorsFile file = SafetensorsFile.open(from)) {
            long step = number(file, "step");
            if (step >= config.steps()) {
                throw new GetjException(
                        "%s was saved after step %d, but the run ends at %d; give more --steps"
                                .formatted(from, step, config.steps()));
            }
            for (String set :
                    List.of(WeightsFile.MODEL, WeightsFile.EMA, FIRST_MOMENT, SECOND_MOMENT)) {
                WeightsFile.table(file, set, config.model());
            }
            SafetensorsWriter writer = described(config, pairs, step);
            file.names().forEach(name -> writer.add(name, file.tensor(name)));
            writer.write(run.checkpoint(step));
            return step;
        }
    }

    private static SafetensorsWriter described(RunConfig config, long pairs, long step) {
        return new SafetensorsWriter()
                .metadata("format", "getj-checkpoint")
                .metadata("config", ConfigJson.write(config.model()))
                .metadata("step", Long.toString(step))
                .metadata("seed", Long.toString(config.seed()))
                .metadata("pairs", Long.toString(pairs))
                .metadata("position", Long.toString(step * config.batch()));
    }

    /** False once training has diverged: a checkpoint could not be read again. */
    static boolean isFinite(Parameters weights, Optimizer optimizer) {
        return Stream.of(
                        weights,
                        optimizer.average(),
                        optimizer.firstMoment(),
                        optimizer.secondMoment())
                .map(parameters -> parameters.flat().get())
                .allMatch(Checkpoint::isFinite);
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private static void add(
            SafetensorsWriter writer,
            String prefix,
            List<ParameterTable.Entry> entries,
            Parameters parameters) {
        for (ParameterTable.Entry entry : entries) {
            Tensor tensor = parameters.tensor(entry.name());
            long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
            writer.add(prefix + entry.name(), tensor.get(), shape);
        }
    }

    /**
     * Restores what {@link #write} saved.
     *
     * @return the step it was saved after
     * @throws GetjException if the file is no checkpoint of this run's network
     */
    static long read(
            Path path, RunConfig config, long pairs, Parameters weights, Optimizer optimizer) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            ModelConfig model = WeightsFile.config(file);
            if (!model.equals(config.model())) {
                throw new GetjException(
                        "%s holds %s, but the run trains %s"
                                .formatted(path, model.describe(), config.model().describe()));
            }
            WeightsFile.read(file, WeightsFile.MODEL, model, weights);
            WeightsFile.read(file, WeightsFile.EMA, model, optimizer.average());
            for (ParameterTable.Entry entry : weights.table().trainedEntries()) {
                WeightsFile.read(file, FIRST_MOMENT + entry.name(), entry, optimizer.firstMoment());
                WeightsFile.read(
                        file, SECOND_MOMENT + entry.name(), entry, optimizer.secondMoment());
            }
            requireSamePairs(file, pairs);
            return number(file, "step");
        }
    }

    // the order of the pairs depends on their number
    private static void requireSamePairs(SafetensorsFile file, long pairs) {
        long before = number(file, "pairs");
        if (before != pairs) {
            throw new GetjException(
                    "%s was trained on %d pairs, but there are %d now; resume with the same pair set"
                            .formatted(file.path(), before, pairs));
        }
    }

    private static long number(SafetensorsFile file, String key) {
        String text = file.metadata().get(key);
        try {
            long number = Long.parseLong(String.valueOf(text));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // reported below, with the offending text
        }
        throw new GetjException(
                "%s is no checkpoint: its '%s' is %s".formatted(file.path(), key, text));
    }
}
