package dev.getj.kernels.tornado;

import dev.getj.kernels.Backend;
import dev.getj.kernels.ConformanceTest;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.ExampleRun;
import dev.getj.kernels.ExampleRuns;
import dev.getj.kernels.Tolerances;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;
import dev.getj.kernels.tornado.runtime.EmulatedBackend.Tiles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Every operation by the device kernels, work item for work item: as the oracle has it, and a
 * sample's bits the same in a batch and alone, and with either of the tiles that leave sums whole.
 */
class EmulatedConformanceTest {
    private static final int BATCH = 2;
    private static final Backend ORACLE = new ReferenceBackend();
    private static final EmulatedBackend LARGE = new EmulatedBackend(Tiles.LARGE);
    private static final EmulatedBackend SLICED = new EmulatedBackend(Tiles.SLICED);
    private static final EmulatedBackend SMALL = new EmulatedBackend(Tiles.SMALL);
    private static final EmulatedBackend SPLIT = new EmulatedBackend(Tiles.SPLIT);
    private static final EmulatedBackend BUSY =
            new EmulatedBackend(Tiles.LARGE, DeviceProfile.assumed("one processor", 1));

    static List<ExampleRun> examples() {
        return ExampleRuns.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void agreesWithTheOracle(ExampleRun example) {
        Map<String, float[]> expected = example.run(ORACLE, 0, BATCH);
        Map<String, float[]> large = run(example, LARGE, 0, BATCH);
        expected.forEach(
                (name, values) ->
                        ConformanceTest.assertClose(
                                example + ": " + name, values, large.get(name)));
        if (example.toString().startsWith("linear")
                || example.toString().startsWith("attention ")) {
            Map<String, float[]> sliced = run(example, SLICED, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    example + ", few rows: " + name, values, sliced.get(name)));
        }
        if (example.toString().startsWith("linear")) {
            Map<String, float[]> split = run(example, SPLIT, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    example + ", split sums: " + name, values, split.get(name)));
            Map<String, float[]> small = run(example, SMALL, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    example + ", small tiles: " + name, values, small.get(name)));
            for (String name : example.sampleOutputs()) {
                ConformanceTest.assertSameBits(
                        example + ", both tiles: " + name, large.get(name), small.get(name));
            }
        }
        Map<String, float[]> alone = run(example, LARGE, BATCH - 1, 1);
        for (String name : example.sampleOutputs()) {
            float[] values = large.get(name);
            ConformanceTest.assertSameBits(
                    example + ", alone: " + name,
                    Arrays.copyOfRange(values, values.length / BATCH, values.length),
                    alone.get(name));
        }
    }

    static List<ExampleRun> mixed() {
        return ExampleRuns.mixed();
    }

    /** With operands of 16 bits, on emulated tensor cores. */
    @ParameterizedTest
    @MethodSource("mixed")
    void agreesWithTheOracleInSixteenBits(ExampleRun example) {
        Map<String, float[]> expected = example.run(ORACLE, 0, BATCH);
        Map<String, float[]> actual = run(example, LARGE, 0, BATCH);
        assertRounded(example, "whole sums", expected, actual);
        if (example.toString().startsWith("linear")) {
            assertRounded(example, "split sums", expected, run(example, SPLIT, 0, BATCH));
        }
        if (example.forwardProduct()) {
            assertRounded(example, "small tiles", expected, run(example, SMALL, 0, BATCH));
        }
        if (example.forwardProduct() || example.attention()) {
            assertRounded(example, "few rows", expected, run(example, SLICED, 0, BATCH));
        }
        if (example.toString().startsWith("layerNorm")) {
            assertRounded(example, "many rows", expected, run(example, BUSY, 0, BATCH));
        }
        Map<String, float[]> alone = run(example, LARGE, BATCH - 1, 1);
        for (String name : example.sampleOutputs()) {
            float[] values = actual.get(name);
            ConformanceTest.assertSameBits(
                    example + ", alone: " + name,
                    Arrays.copyOfRange(values, values.length / BATCH, values.length),
                    alone.get(name));
        }
    }

    private static void assertRounded(
            ExampleRun example,
            String how,
            Map<String, float[]> expected,
            Map<String, float[]> actual) {
        expected.forEach(
                (name, values) ->
                        ConformanceTest.assertClose(
                                example + ", " + how + ": " + name,
                                values,
                                actual.get(name),
                                example.tolerance(name, Tolerances.FLOAT)));
    }

    private static Map<String, float[]> run(
            ExampleRun example, EmulatedBackend backend, int first, int batch) {
        backend.clear();
        return example.run(backend, first, batch);
    }
}
