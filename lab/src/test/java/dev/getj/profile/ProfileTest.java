package dev.getj.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.Cost;
import dev.getj.model.ModelConfig;
import dev.getj.train.Benchmark;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class ProfileTest {
    private static final long MS = 1_000_000;

    @TempDir private Path folder;

    private static Cost cost(String kernel) {
        return new Cost(kernel, 6e6, 1e6);
    }

    /** Two equal steps. */
    private static Recording recording() {
        Recording recording = new Recording();
        for (int step = 0; step < 2; step++) {
            long start = 1000 * step * MS;
            recording.transfer(true, 400, start, MS);
            recording.computed("pass", cost("add"), start + MS, MS, 0);
            recording.computed("pass", cost("linear"), start + 2 * MS, 2 * MS, 0);
            recording.computed("decode", cost("linear"), start + 4 * MS, 4 * MS, 0);
            recording.transfer(false, 800, start + 8 * MS, MS / 2);
        }
        return recording;
    }

    private static Profile profile(Recording recording) {
        Profile.Unprofiled unprofiled = new Profile.Unprofiled(6, 90, 100, 80);
        Profile.Compilation compilation = new Profile.Compilation(30, 20);
        return Profile.of(recording, 2, unprofiled, compilation, new Roof(8, 32, 2, 0));
    }

    private static Profile profile() {
        return profile(recording());
    }

    @Test
    void kernelsAreSummedUpPerStepTheSlowestFirst() {
        Profile profile = profile();
        assertEquals(
                List.of("linear", "add"),
                profile.kernels().stream().map(Profile.Kernel::name).toList());
        Profile.Kernel linear = profile.kernels().getFirst();
        assertEquals(2, linear.calls());
        assertEquals(6, linear.ms(), 1e-9);
        assertEquals(6.0 / 7, linear.share(), 1e-9);
        assertEquals(2, linear.gflops(), 1e-9, "12 million operations in 6 ms");
        assertEquals(2.0 / 6, linear.gbps(), 1e-9);
        assertEquals(0.25, linear.ofRoof(), 1e-9, "2 of 8 GFLOP/s");
        Profile.Kernel add = profile.kernels().get(1);
        assertEquals(6, add.gflops(), 1e-9);
        assertEquals(7, profile.launchesMs(), 1e-9);
        assertEquals(400, profile.uploadBytes());
        assertEquals(1, profile.uploadMs(), 1e-9);
        assertEquals(800, profile.downloadBytes());
        assertEquals(0.5, profile.downloadMs(), 1e-9);
        assertEquals(6, profile.stepMs());
    }

    @Test
    void productsOfHalvesHaveARoofOfTheirOwn() {
        Recording recording = new Recording();
        for (int step = 0; step < 2; step++) {
            recording.computed("pass", new Cost("linear F16", 6e6, 1e3, true), 0, 3 * MS, 0);
            recording.computed("pass", cost("add"), 3 * MS, MS, 0);
        }
        Profile profile = profile(recording);
        Profile.Kernel kernel = profile.kernels().getFirst();
        assertEquals(2, kernel.gflops(), 1e-9);
        assertEquals(2.0 / 32, kernel.ofRoof(), 1e-9);
        assertEquals(0.75, profile.mixedShare(), 1e-9);
        assertEquals(0, profile().mixedShare());
    }

    @Test
    void kernelsAreTimedByTheDeviceIfItTellsTheTimeOfEach() {
        Recording recording = new Recording();
        for (int step = 0; step < 2; step++) {
            recording.computed("pass", cost("add"), 0, 4 * MS, MS);
            recording.computed("pass", cost("linear"), 0, 4 * MS, 3 * MS);
        }
        Profile profile = profile(recording);
        assertTrue(profile.deviceClock());
        assertEquals(3, profile.kernels().getFirst().ms(), 1e-9);
        assertEquals(0.75, profile.kernels().getFirst().share(), 1e-9);
        assertEquals(4, profile.kernelsMs(), 1e-9);
        assertEquals(8, profile.launchesMs(), 1e-9);
        assertEquals(30, profile.compilerMs());
        assertEquals(20, profile.driverMs());
        recording.computed("pass", cost("linear"), 0, 4 * MS, 0);
        recording.computed("pass", cost("linear"), 0, 4 * MS, 0);
        Profile partly = profile(recording);
        assertFalse(partly.deviceClock());
        assertEquals(12, partly.kernelsMs(), 1e-9);
        assertEquals(12, partly.launchesMs(), 1e-9);
    }

    @Test
    void theTraceHoldsTheLastStepInMicroseconds() throws Exception {
        Path file = folder.resolve("trace.json");
        Trace.ofLast(recording(), 2).write(file);
        JsonNode events = new JsonMapper().readTree(file.toFile()).get("traceEvents");
        List<String> complete = new ArrayList<>();
        for (JsonNode event : events) {
            if (event.get("ph").asText().equals("X")) {
                complete.add(
                        "%s %s %s %s on %s"
                                .formatted(
                                        event.get("cat").asText(),
                                        event.get("name").asText(),
                                        event.get("ts"),
                                        event.get("dur"),
                                        event.get("tid")));
            }
        }
        assertEquals(
                List.of(
                        "pass add 1000.0 1000.0 on 1",
                        "pass linear 2000.0 2000.0 on 1",
                        "decode linear 4000.0 4000.0 on 1",
                        "transfer upload 0.0 1000.0 on 2",
                        "transfer download 8000.0 500.0 on 2"),
                complete);
        assertEquals(2, events.size() - complete.size(), "a name for each line");
    }

    @Test
    void theChartHasABarForEachKernel() throws Exception {
        BufferedImage picture = ProfileChart.draw(profile(), "two kernels");
        List<Integer> widths = new ArrayList<>();
        int before = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            int blue = 0;
            for (int x = 0; x < picture.getWidth(); x++) {
                blue += picture.getRGB(x, y) == 0xFF1D4ED8 ? 1 : 0;
            }
            if (blue > 20 && before <= 20) {
                widths.add(blue);
            }
            before = blue;
        }
        assertEquals(2, widths.size(), widths.toString());
        assertEquals(6, (double) widths.get(0) / widths.get(1), 0.2, "6 ms above 1 ms");
        Path file = folder.resolve("chart.png");
        ProfileChart.write(profile(), "two kernels", file);
        assertTrue(Files.size(file) > 1000);
    }

    @Test
    void aRealStepIsProfiled() {
        ModelConfig config =
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(4, 1, 0),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Get(new ModelConfig.Stack(2, 3)));
        List<String> progress = new ArrayList<>();
        Profiler profiler =
                new Profiler(
                        () -> Backends.jvm(2),
                        backend -> new Benchmark(backend, config, 3, 4).training(false),
                        1,
                        2);
        Profiler.Measured measured = profiler.run(progress::add);
        Profile profile = measured.profile();
        assertEquals(3, progress.size());
        double share = profile.kernels().stream().mapToDouble(Profile.Kernel::share).sum();
        assertEquals(1, share, 1e-9);
        Profile.Kernel update =
                profile.kernels().stream()
                        .filter(kernel -> kernel.name().equals("adamW"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(1, update.calls());
        assertTrue(profile.roof().gflops() > 0 && profile.roof().gbps() > 0);
        assertTrue(profile.roof().launchMs() > 0);
        assertTrue(profile.warmUpMs() >= profile.firstMs());
        assertTrue(measured.trace().json().contains("attentionBackward"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Profiler(() -> Backends.jvm(1), _ -> () -> {}, 0, 1));
    }

    @Test
    void onlyWhatWasRecordedLastIsKept() {
        Recording recording = recording();
        recording.clear();
        assertEquals(List.of(), recording.computed());
        assertEquals(List.of(), recording.transfers());
    }
}
