package dev.getj.log;

import static dev.getj.log.EventReader.only;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.Png;
import dev.getj.log.EventReader.Field;
import dev.getj.train.Metrics;
import dev.getj.train.TrainingListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

class RunLogsTest {
    private static final Metrics.Line FIRST = new Metrics.Line(1, 0.5, 2.5, 1e-4, 0.25);
    private static final Metrics.Line SECOND =
            new Metrics.Line(
                    2,
                    0.25,
                    1.5,
                    2e-4,
                    0.5,
                    OptionalDouble.of(3.5),
                    Optional.of(new Metrics.Measured(0.125, 0.0625, 80, OptionalDouble.of(7))));

    @TempDir private Path run;

    private RunLogs open(Set<LogKind> kinds, long step) throws IOException {
        Files.writeString(run.resolve("config.json"), "{\n  \"steps\" : 2\n}\n");
        return RunLogs.open(kinds, run, step, TrainingListener.NONE);
    }

    private List<List<Field>> onlyEvents() throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            List<Path> found =
                    files.filter(file -> file.toString().contains("events.out.tfevents.")).toList();
            assertEquals(1, found.size(), found.toString());
            return EventReader.events(Files.readAllBytes(found.getFirst()));
        }
    }

    // as TensorFlow's own files begin: the record of a version is 24 bytes long
    @Test
    void recordsAreFramedAsTensorFlowsAre() {
        byte[] framed = RecordFile.framed(new byte[24]);
        assertEquals(
                "1800000000000000a37f4b22", HexFormat.of().formatHex(Arrays.copyOf(framed, 12)));
        assertEquals(8 + 4 + 24 + 4, framed.length);
    }

    @Test
    void eventsHoldVersionStartSettingsScalarsAndPictures() throws IOException {
        Path picture = run.resolve("samples.png");
        byte[] png = Png.encode(new float[3 * 16], 3, 4);
        Files.write(picture, png);
        try (RunLogs logs = open(EnumSet.of(LogKind.TENSORBOARD), 0)) {
            logs.step(FIRST);
            logs.step(SECOND);
            logs.sampled(picture);
        }
        List<List<Field>> events = onlyEvents();
        assertEquals(6, events.size());
        assertEquals("brain.Event:2", only(events.get(0), 3).text());
        double now = System.currentTimeMillis() / 1000.0;
        for (List<Field> event : events) {
            assertEquals(now, (double) only(event, 1).value(), 60);
        }
        List<Field> start = only(events.get(1), 7).message();
        assertEquals(1L, only(start, 1).value());
        assertEquals(1L, only(events.get(1), 2).value());

        List<Field> text = values(events.get(2)).getFirst();
        assertEquals("config", only(text, 1).text());
        assertEquals("text", only(only(only(text, 9).message(), 1).message(), 1).text());
        List<Field> tensor = only(text, 8).message();
        assertEquals(7L, only(tensor, 1).value());
        assertEquals("\t{\n\t  \"steps\" : 2\n\t}\n", only(tensor, 8).text());

        assertEquals(1L, only(events.get(3), 2).value());
        assertEquals(
                Map.of("loss", 0.5f, "objective", 2.5f, "rate", 1e-4f, "seconds", 0.25f),
                scalars(events.get(3)));
        assertEquals(2L, only(events.get(4), 2).value());
        Map<String, Float> second = scalars(events.get(4));
        assertEquals(Metrics.KEYS.size() - 1, second.size());
        assertEquals(0.125f, second.get("held_out_error"));
        assertEquals(7f, second.get("frechet"));

        assertEquals(2L, only(events.get(5), 2).value());
        List<Field> value = values(events.get(5)).getFirst();
        assertEquals("samples", only(value, 1).text());
        List<Field> image = only(value, 4).message();
        assertEquals(
                List.of(4L, 4L, 3L),
                Stream.of(1, 2, 3).map(number -> only(image, number).value()).toList());
        assertArrayEquals(png, (byte[]) only(image, 4).value());
    }

    private static List<List<Field>> values(List<Field> event) {
        List<List<Field>> values = new ArrayList<>();
        only(event, 5).message().forEach(value -> values.add(value.message()));
        return values;
    }

    private static Map<String, Float> scalars(List<Field> event) {
        Map<String, Float> scalars = new TreeMap<>();
        for (List<Field> value : values(event)) {
            scalars.put(only(value, 1).text(), (Float) only(value, 2).value());
        }
        return scalars;
    }

    @Test
    void aSessionThatResumesVoidsTheStepsThatItTakesAgain() throws IOException {
        try (RunLogs logs = open(EnumSet.of(LogKind.TENSORBOARD), 7)) {
            assertEquals(8L, only(onlyEvents().get(1), 2).value());
            logs.note("not logged");
        }
    }

    @Test
    void sessionsOfOneSecondHaveFilesOfTheirOwn() throws IOException {
        open(EnumSet.of(LogKind.TENSORBOARD), 0).close();
        open(EnumSet.of(LogKind.TENSORBOARD), 0).close();
        try (Stream<Path> files = Files.list(run)) {
            assertEquals(3, files.count());
        }
    }

    @Test
    void aTableHasAColumnForEachKeyAndTheRowsOfEarlierSessions() throws IOException {
        Files.writeString(
                run.resolve("metrics.jsonl"),
                "{\"step\":1,\"loss\":0.5,\"objective\":2.5,\"rate\":1.0E-4,\"seconds\":0.25}\n"
                        + "{\"step\":2,\"loss\":9,\"objective\":9,\"rate\":9,\"seconds\":9}\n");
        try (RunLogs logs = open(EnumSet.of(LogKind.CSV), 1)) {
            logs.step(SECOND);
        }
        assertEquals(
                List.of(
                        String.join(",", Metrics.KEYS),
                        "1,0.5,2.5,1.0E-4,0.25,,,,,",
                        "2,0.25,1.5,2.0E-4,0.5,3.5,0.125,0.0625,80.0,7.0"),
                Files.readAllLines(run.resolve("metrics.csv")));
    }

    @Test
    void whatIsLoggedIsToldToTheOtherListener() throws IOException {
        List<String> told = new ArrayList<>();
        TrainingListener other =
                new TrainingListener() {
                    @Override
                    public void step(Metrics.Line line) {
                        told.add("step " + line.step());
                    }

                    @Override
                    public void saved(Path checkpoint) {
                        told.add("saved " + checkpoint);
                    }

                    @Override
                    public void note(String line) {
                        told.add(line);
                    }

                    @Override
                    public String stopReason() {
                        return "why not";
                    }
                };
        try (RunLogs logs = RunLogs.open(Set.of(), run, 0, other)) {
            logs.step(FIRST);
            logs.saved(Path.of("c"));
            logs.note("n");
            assertEquals("why not", logs.stopReason());
        }
        assertEquals(List.of("step 1", "saved c", "n"), told);
        try (Stream<Path> files = Files.list(run)) {
            assertTrue(files.findAny().isEmpty());
        }
    }
}
