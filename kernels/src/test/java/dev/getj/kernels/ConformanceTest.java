package dev.getj.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Every operation, on the JVM backend with 1, 2 and 3 threads: as the oracle has it, and the same
 * bits each time.
 */
public class ConformanceTest {
    private static final int BATCH = 3;
    private static final Backend ORACLE = new ReferenceBackend();
    private static final List<Backend> FAST =
            List.of(new JvmBackend(1), new JvmBackend(2), new JvmBackend(3));

    static List<ExampleRun> examples() {
        return ExampleRuns.all();
    }

    @AfterAll
    static void close() {
        FAST.forEach(Backend::close);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void agreesWithTheOracle(ExampleRun example) {
        Map<String, float[]> expected = example.run(ORACLE, 0, BATCH);
        Map<String, float[]> first = example.run(FAST.getFirst(), 0, BATCH);
        expected.forEach(
                (name, values) -> assertClose(example + ": " + name, values, first.get(name)));
        for (Backend backend : FAST.subList(1, FAST.size())) {
            Map<String, float[]> again = example.run(backend, 0, BATCH);
            first.forEach(
                    (name, values) ->
                            assertSameBits(
                                    example + ": " + name + ", " + backend.description(),
                                    values,
                                    again.get(name)));
        }
    }

    @Test
    void coversEveryOperation() {
        Set<String> covered =
                examples().stream()
                        .map(run -> run.example().operation())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(ExampleRuns.operations(), covered);
    }

    public static void assertClose(String what, float[] expected, float[] actual) {
        assertClose(what, expected, actual, Tolerances.FLOAT);
    }

    public static void assertClose(
            String what, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(expected[i] - actual[i]);
            assertTrue(
                    error <= tolerance * largest,
                    "%s[%d]: expected %s, got %s".formatted(what, i, expected[i], actual[i]));
        }
    }

    public static void assertSameBits(String what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(
                    Float.floatToRawIntBits(expected[i]),
                    Float.floatToRawIntBits(actual[i]),
                    "%s[%d]: %s and %s".formatted(what, i, expected[i], actual[i]));
        }
    }
}
