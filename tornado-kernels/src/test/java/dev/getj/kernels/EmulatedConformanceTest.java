package dev.getj.kernels;

import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tornado.graph.EmulatedBackend;
import dev.getj.kernels.tornado.graph.EmulatedBackend.Tiles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Every launch by the device kernels, work item for work item: as the oracle has it, and a sample's
 * bits the same in a batch and alone, and with either of the tiles that leave sums whole.
 */
class EmulatedConformanceTest {
    private static final int BATCH = 2;
    private static final Backend ORACLE = new ReferenceBackend();
    private static final EmulatedBackend LARGE = new EmulatedBackend(Tiles.LARGE);
    private static final EmulatedBackend SLICED = new EmulatedBackend(Tiles.SLICED);
    private static final EmulatedBackend SMALL = new EmulatedBackend(Tiles.SMALL);
    private static final EmulatedBackend SPLIT = new EmulatedBackend(Tiles.SPLIT);

    static List<LaunchCase> launches() {
        return LaunchCases.all();
    }

    @ParameterizedTest
    @MethodSource("launches")
    void agreesWithTheOracle(LaunchCase launch) {
        Map<String, float[]> expected = launch.run(ORACLE, 0, BATCH);
        Map<String, float[]> large = run(launch, LARGE, 0, BATCH);
        expected.forEach(
                (name, values) ->
                        ConformanceTest.assertClose(launch + ": " + name, values, large.get(name)));
        if (launch.toString().startsWith("linear") || launch.toString().startsWith("attention ")) {
            Map<String, float[]> sliced = run(launch, SLICED, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    launch + ", few rows: " + name, values, sliced.get(name)));
        }
        if (launch.toString().startsWith("linear")) {
            Map<String, float[]> split = run(launch, SPLIT, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    launch + ", split sums: " + name, values, split.get(name)));
            Map<String, float[]> small = run(launch, SMALL, 0, BATCH);
            expected.forEach(
                    (name, values) ->
                            ConformanceTest.assertClose(
                                    launch + ", small tiles: " + name, values, small.get(name)));
            for (String name : launch.sampleOutputs()) {
                ConformanceTest.assertSameBits(
                        launch + ", both tiles: " + name, large.get(name), small.get(name));
            }
        }
        Map<String, float[]> alone = run(launch, LARGE, BATCH - 1, 1);
        for (String name : launch.sampleOutputs()) {
            float[] values = large.get(name);
            ConformanceTest.assertSameBits(
                    launch + ", alone: " + name,
                    Arrays.copyOfRange(values, values.length / BATCH, values.length),
                    alone.get(name));
        }
    }

    private static Map<String, float[]> run(
            LaunchCase launch, EmulatedBackend backend, int first, int batch) {
        backend.clear();
        return launch.run(backend, first, batch);
    }
}
