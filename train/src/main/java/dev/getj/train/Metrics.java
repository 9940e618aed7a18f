package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** {@code metrics.jsonl}: one JSON object a step, appended as training goes. */
public final class Metrics implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * One step.
     *
     * @param loss distance of the last decoded state, unweighted
     * @param objective weighted sum over all decoded states
     * @param rate learning rate
     * @param seconds of training so far, resumed sessions included
     */
    public record Line(long step, double loss, double objective, double rate, double seconds) {}

    private final Path file;
    private final List<Line> lines;
    private final BufferedWriter writer;

    /**
     * Opens the file for appending, after dropping lines beyond {@code lastStep}: they belong to
     * steps that a resumed run takes again.
     *
     * @throws GetjException if the file is damaged or cannot be written
     */
    Metrics(Path file, long lastStep) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                lines = new ArrayList<>(read(file));
                lines.removeIf(line -> line.step > lastStep);
                StringBuilder kept = new StringBuilder();
                for (Line line : lines) {
                    kept.append(MAPPER.writeValueAsString(line)).append('\n');
                }
                AtomicFile.write(file, kept.toString().getBytes(StandardCharsets.UTF_8));
            } else {
                lines = new ArrayList<>();
            }
            writer =
                    Files.newBufferedWriter(
                            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    /**
     * Reads a metrics file; a last line that was cut off by a crash is left out.
     *
     * @throws GetjException if another line is damaged
     */
    public static List<Line> read(Path file) {
        RegularFile.require(file);
        List<Line> lines = new ArrayList<>();
        try {
            List<String> text = Files.readAllLines(file);
            for (int i = 0; i < text.size(); i++) {
                try {
                    lines.add(parse(MAPPER.readTree(text.get(i))));
                } catch (JsonProcessingException | IllegalArgumentException e) {
                    if (i < text.size() - 1) {
                        throw new GetjException("%s: line %d is damaged".formatted(file, i + 1), e);
                    }
                }
            }
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
        return lines;
    }

    private static Line parse(JsonNode node) {
        if (!node.path("step").isIntegralNumber() || !node.path("loss").isNumber()) {
            throw new IllegalArgumentException();
        }
        return new Line(
                node.path("step").asLong(),
                node.path("loss").asDouble(),
                node.path("objective").asDouble(),
                node.path("rate").asDouble(),
                node.path("seconds").asDouble());
    }

    void add(Line line) {
        lines.add(line);
        try {
            writer.write(MAPPER.writeValueAsString(line));
            writer.write('\n');
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    void flush() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    /** All steps so far, resumed ones included. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** Seconds of training before this session. */
    double secondsSoFar() {
        return lines.isEmpty() ? 0 : lines.getLast().seconds;
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
