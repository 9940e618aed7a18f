package dev.getj.log;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.train.Metrics;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code metrics.csv} in the folder of a run: a row a step, a column for each key of {@code
 * metrics.jsonl}, empty where a step has no such figure. A session begins with the rows of all
 * sessions before.
 */
final class CsvLog implements RunLog {
    private static final String NAME = "metrics.csv";

    private final Path file;
    private final BufferedWriter writer;

    /**
     * @param before lines of the sessions before
     */
    CsvLog(Path run, List<Metrics.Line> before) {
        file = RegularFile.inside(run, NAME);
        StringBuilder text = new StringBuilder(String.join(",", Metrics.KEYS)).append('\n');
        before.forEach(line -> text.append(row(line)));
        AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        try {
            writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    private static String row(Metrics.Line line) {
        Map<String, Double> values = Metrics.values(line);
        return Metrics.KEYS.stream()
                .map(
                        key ->
                                key.equals(Metrics.STEP)
                                        ? Long.toString(line.step())
                                        : values.containsKey(key) ? values.get(key).toString() : "")
                .collect(Collectors.joining(",", "", "\n"));
    }

    @Override
    public void add(Metrics.Line line) {
        try {
            writer.write(row(line));
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    @Override
    public void addPicture(long step, Path picture) {
        // a table has no pictures, but is as new as they are
        try {
            writer.flush();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }
}
