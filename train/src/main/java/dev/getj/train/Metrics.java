package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * {@code metrics.jsonl}: one JSON object a step, appended as training goes. Figures that are not
 * known of a step have no key in it.
 */
public final class Metrics implements AutoCloseable {
    /** Key of the step. */
    public static final String STEP = "step";

    /** Keys of all figures, in order. */
    public static final List<String> KEYS =
            List.of(
                    STEP,
                    "loss",
                    "objective",
                    "rate",
                    "seconds",
                    "gradient_norm",
                    "held_out_error",
                    "train_error",
                    "samples_per_second",
                    "frechet");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * One step.
     *
     * @param loss distance of the last decoded state, unweighted
     * @param objective weighted sum over all decoded states
     * @param rate learning rate
     * @param seconds of training so far, resumed sessions included
     * @param gradientNorm before clipping; only of steps where it is known
     * @param measured only of steps that were measured
     */
    public record Line(
            long step,
            double loss,
            double objective,
            double rate,
            double seconds,
            OptionalDouble gradientNorm,
            Optional<Measured> measured) {
        /** Without a measurement. */
        public Line(long step, double loss, double objective, double rate, double seconds) {
            this(step, loss, objective, rate, seconds, OptionalDouble.empty(), Optional.empty());
        }
    }

    /**
     * What the averaged weights are worth; see {@link PairError}.
     *
     * @param heldOutError squared error a pixel on pairs that are not learned from
     * @param trainError the same on as many that are
     * @param samplesPerSecond of training since the measurement before, measurements left out
     * @param frechet distance to the teacher's images of the held-out pairs, if there is a measure
     */
    public record Measured(
            double heldOutError,
            double trainError,
            double samplesPerSecond,
            OptionalDouble frechet) {}

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
                    kept.append(json(line)).append('\n');
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
                        throw new GetjException("%s: line %s is damaged".formatted(file, i + 1), e);
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
                node.path("seconds").asDouble(),
                number(node, "gradient_norm"),
                number(node, "held_out_error").stream()
                        .mapToObj(
                                heldOut ->
                                        new Measured(
                                                heldOut,
                                                node.path("train_error").asDouble(),
                                                node.path("samples_per_second").asDouble(),
                                                number(node, "frechet")))
                        .findFirst());
    }

    private static OptionalDouble number(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
    }

    private static String json(Line line) {
        ObjectNode node = MAPPER.createObjectNode().put(STEP, line.step);
        values(line).forEach(node::put);
        return node.toString();
    }

    /** The figures of a step by their keys but the step itself, in order; unknown ones left out. */
    public static SequencedMap<String, Double> values(Line line) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        values.put("loss", line.loss);
        values.put("objective", line.objective);
        values.put("rate", line.rate);
        values.put("seconds", line.seconds);
        line.gradientNorm.ifPresent(norm -> values.put("gradient_norm", norm));
        line.measured.ifPresent(
                measured -> {
                    values.put("held_out_error", measured.heldOutError);
                    values.put("train_error", measured.trainError);
                    values.put("samples_per_second", measured.samplesPerSecond);
                    measured.frechet.ifPresent(frechet -> values.put("frechet", frechet));
                });
        return values;
    }

    void add(Line line) {
        lines.add(line);
        try {
            writer.write(json(line));
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
