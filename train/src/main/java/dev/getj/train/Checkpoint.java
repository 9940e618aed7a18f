package dev.getj.train;

import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The state of a run in one safetensors file: weights, their average and both moments by name; size
 * of the network, step, seed and position in the shuffled data as metadata.
 */
final class Checkpoint {
    private static final String FIRST_MOMENT = "exp_avg.";
    private static final String SECOND_MOMENT = "exp_avg_sq.";

    private Checkpoint() {}

    static void write(
            Path file,
            RunSettings settings,
            long items,
            long step,
            Parameters weights,
            Optimizer optimizer,
            Optional<PowerAverages> averages) {
        SafetensorsWriter writer = described(settings, items, step);
        List<ParameterTable.Entry> all = weights.table().entries();
        List<ParameterTable.Entry> trained = weights.table().trainedEntries();
        add(writer, WeightsFile.MODEL, all, weights);
        add(writer, WeightsFile.EMA, all, optimizer.average());
        add(writer, FIRST_MOMENT, trained, optimizer.firstMoment());
        add(writer, SECOND_MOMENT, trained, optimizer.secondMoment());
        averages.ifPresent(each -> Snapshot.add(writer, each));
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
            if (config.averagesEvery() > 0
                    && file.names().stream().noneMatch(it -> it.startsWith(Snapshot.prefix(0)))) {
                throw new GetjException(
                        from
                                + " has no averages to go on with, as --ema-every needs; leave it"
                                + " out");
            }
            if (step >= config.steps()) {
                throw new GetjException(
                        "%s was saved after step %s, but the run ends at %s; give more --steps"
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

    private static SafetensorsWriter described(RunSettings settings, long items, long step) {
        SafetensorsWriter writer = new SafetensorsWriter().format(FileFormat.CHECKPOINT);
        settings.networkMetadata().forEach(writer::metadata);
        return writer.metadata("step", Long.toString(step))
                .metadata("seed", Long.toString(settings.seed()))
                .metadata(settings.items(), Long.toString(items))
                .metadata("position", Long.toString(step * settings.batch()));
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
     * @param weights initialized, as is the optimiser's average: fixed positions may lack
     * @return the step it was saved after
     * @throws GetjException if the file is no checkpoint of this run's network
     */
    static long read(
            Path path,
            RunSettings settings,
            long items,
            Parameters weights,
            Optimizer optimizer,
            Optional<PowerAverages> averages) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            settings.requireNetworkOf(file);
            List<ParameterTable.Entry> all = weights.table().entries();
            List<ParameterTable.Entry> trained = weights.table().trainedEntries();
            read(file, WeightsFile.MODEL, all, weights);
            read(file, WeightsFile.EMA, all, optimizer.average());
            read(file, FIRST_MOMENT, trained, optimizer.firstMoment());
            read(file, SECOND_MOMENT, trained, optimizer.secondMoment());
            averages.ifPresent(each -> Snapshot.read(file, each));
            requireSameItems(file, settings.items(), items);
            return number(file, "step");
        }
    }

    /**
     * The step that a checkpoint was saved after.
     *
     * @throws GetjException if the file is no checkpoint
     */
    static long step(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return number(file, "step");
        }
    }

    // other programs leave out the positions, which are fixed
    private static void read(
            SafetensorsFile file,
            String prefix,
            List<ParameterTable.Entry> entries,
            Parameters parameters) {
        for (ParameterTable.Entry entry : entries) {
            String name = prefix + entry.name();
            if (file.has(name) || !entry.name().equals(ParameterTable.POSITION)) {
                WeightsFile.read(file, name, entry, parameters);
            }
        }
    }

    // the order of the items depends on their number
    private static void requireSameItems(SafetensorsFile file, String what, long items) {
        long before = number(file, what);
        if (before != items) {
            throw new GetjException(
                    "%s was trained on %s %s, but there are %s now; resume with the same %s"
                            .formatted(
                                    file.path(),
                                    before,
                                    what,
                                    items,
                                    what.equals("pairs") ? "pair set" : "data"));
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
