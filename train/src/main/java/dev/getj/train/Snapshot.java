package dev.getj.train;

import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.model.ParameterTable;

import java.nio.file.Path;

/** {@link PowerAverages} in files: checkpoints have them, and files of their own after some steps. */
final class Snapshot {
    private Snapshot() {}

    /** What the names of a profile's tensors begin with. */
    static String prefix(int profile) {
        return "power." + profile + ".";
    }

    static long[] shape(ParameterTable.Entry entry) {
        return entry.shape().stream().mapToLong(Integer::longValue).toArray();
    }

    static void write(Path file, RunSettings settings, long step, PowerAverages averages) {
        SafetensorsWriter writer = new SafetensorsWriter().format(FileFormat.AVERAGES);
        settings.networkMetadata().forEach(writer::metadata);
        add(writer.metadata("step", Long.toString(step)), averages);
        writer.write(file);
    }

    /** Adds the averages of the trained parameters to a file. */
    static void add(SafetensorsWriter writer, PowerAverages averages) {
        for (int i = 0; i < PowerAverages.PROFILES.size(); i++) {
            for (ParameterTable.Entry entry : averages.table().trainedEntries()) {
                writer.add(prefix(i) + entry.name(), averages.of(i, entry).get(), shape(entry));
            }
        }
    }

    /**
     * Takes the averages of a checkpoint over.
     *
     * @throws GetjException if one is missing or damaged
     */
    static void read(SafetensorsFile file, PowerAverages averages) {
        for (int i = 0; i < PowerAverages.PROFILES.size(); i++) {
            for (ParameterTable.Entry entry : averages.table().trainedEntries()) {
                averages.of(i, entry).set(read(file, i, entry));
            }
        }
    }

    /**
     * One parameter of an average.
     *
     * @throws GetjException if it is missing, has another size or is not finite
     */
    static float[] read(SafetensorsFile file, int profile, ParameterTable.Entry entry) {
        String name = prefix(profile) + entry.name();
        float[] values = file.floats(name);
        if (values.length != entry.size()) {
            throw new GetjException(
                    "%s: tensor '%s' has %s values, the network needs %s"
                            .formatted(file.path(), name, values.length, entry.size()));
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new GetjException(
                        "%s: tensor '%s' holds %s; the averages are damaged"
                                .formatted(file.path(), name, value));
            }
        }
        return values;
    }
}
