package dev.getj.train;

import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.WeightsFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * An average of a run's weights whose length is chosen after training: the sum of snapshots of two
 * other averages whose weighting is nearest to it.
 *
 * @param step that it belongs to
 * @param snapshots that it was made of
 * @param misfit norm of the difference between its weighting of the steps and the wanted one,
 *     relative to that
 */
public record ChosenAverage(long step, int snapshots, double misfit) {
    /**
     * Makes a file of weights.
     *
     * @param run its directory, with snapshots that {@code --ema-every} left
     * @param length relative to the steps taken
     * @param step one with a snapshot, or else the last
     * @throws GetjException if there are no snapshots, or one is damaged
     * @throws IllegalArgumentException if there is no such length
     */
    public static ChosenAverage write(Path run, double length, OptionalLong step, Path out) {
        PowerProfile profile = PowerProfile.ofLength(length);
        SortedMap<Long, Path> all = new RunFiles(run).averages();
        if (all.isEmpty()) {
            throw new GetjException(
                    run
                            + " has no averages to choose from: getj train --ema-every N keeps"
                            + " snapshots of them");
        }
        long last = step.orElse(all.lastKey());
        if (!all.containsKey(last)) {
            throw new GetjException(
                    "%s has no snapshot of step %s, but of %s".formatted(run, last, all.keySet()));
        }
        SortedMap<Long, Path> snapshots = all.headMap(last + 1);
        List<PowerFit.Average> known = new ArrayList<>();
        for (long at : snapshots.keySet()) {
            PowerAverages.PROFILES.forEach(each -> known.add(new PowerFit.Average(each, at)));
        }
        PowerFit fit = PowerFit.of(known, new PowerFit.Average(profile, last));
        write(List.copyOf(snapshots.values()), fit.coefficients(), length, last, out);
        return new ChosenAverage(last, snapshots.size(), fit.misfit());
    }

    private static void write(
            List<Path> snapshots, double[] coefficients, double length, long step, Path out) {
        ModelConfig config = network(snapshots.getLast());
        ParameterTable table = new ParameterTable(config);
        double[] sum = new double[table.trainedSize()];
        int profiles = PowerAverages.PROFILES.size();
        for (int i = 0; i < snapshots.size(); i++) {
            try (SafetensorsFile file = SafetensorsFile.open(snapshots.get(i))) {
                requireNetwork(file, config);
                for (int profile = 0; profile < profiles; profile++) {
                    double factor = coefficients[i * profiles + profile];
                    for (ParameterTable.Entry entry : table.trainedEntries()) {
                        float[] values = Snapshot.read(file, profile, entry);
                        for (int e = 0; e < values.length; e++) {
                            sum[entry.offset() + e] += factor * values[e];
                        }
                    }
                }
            }
        }
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .format(FileFormat.WEIGHTS)
                        .metadata("config", ConfigJson.write(config))
                        .metadata("step", Long.toString(step))
                        .metadata("ema_length", Double.toString(length));
        for (ParameterTable.Entry entry : table.trainedEntries()) {
            float[] values = new float[entry.size()];
            for (int e = 0; e < values.length; e++) {
                values[e] = (float) sum[entry.offset() + e];
            }
            writer.add(entry.name(), values, Snapshot.shape(entry));
        }
        writer.write(out);
    }

    private static ModelConfig network(Path snapshot) {
        try (SafetensorsFile file = SafetensorsFile.open(snapshot)) {
            return WeightsFile.config(file);
        }
    }

    private static void requireNetwork(SafetensorsFile file, ModelConfig config) {
        if (!WeightsFile.config(file).equals(config)) {
            throw new GetjException(
                    file.path() + " is of another network than the last snapshot of the run");
        }
    }
}
