package dev.getj.kernels;

import dev.getj.kernels.jvm.JvmBackend;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A sample gives the same bits in a batch of 64, in one of 7 and alone. */
class BatchTest {
    private static final int LARGE = 64;
    private static final int SMALL = 7;
    private static final Backend BACKEND = new JvmBackend(2);

    static List<ExampleRun> examples() {
        return ExampleRuns.all().stream()
                .filter(example -> !example.sampleOutputs().isEmpty())
                .toList();
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everySampleStandsAlone(ExampleRun example) {
        Map<String, float[]> large = example.run(BACKEND, 0, LARGE);
        for (int first : new int[] {0, 17, LARGE - 1}) {
            assertPart(example, large, first, example.run(BACKEND, first, 1), 1);
        }
        assertPart(
                example, large, LARGE - SMALL, example.run(BACKEND, LARGE - SMALL, SMALL), SMALL);
    }

    private static void assertPart(
            ExampleRun example,
            Map<String, float[]> large,
            int first,
            Map<String, float[]> part,
            int batch) {
        for (String name : example.sampleOutputs()) {
            int sample = large.get(name).length / LARGE;
            ConformanceTest.assertSameBits(
                    example + ": " + name + " of " + batch + " from " + first,
                    Arrays.copyOfRange(large.get(name), first * sample, (first + batch) * sample),
                    part.get(name));
        }
    }
}
