package dev.getj.kernels.tornado.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.tensor.DType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

import java.util.Arrays;
import java.util.function.Consumer;

/** What the items of a warp do together, against plain loops over the matrices. */
class WarpTest {
    private static final int M = 16;
    private static final int N = 8;
    private static final int K = 16;

    private static void run(int items, Consumer<? super KernelContext> kernel) {
        WorkerGrid grid = new WorkerGrid1D(items);
        grid.setLocalWork(items, 1, 1);
        Emulator.run(grid, kernel);
    }

    // A [16, 16] and B [16, 8], of numbers that 16 bits hold exactly
    private static float a(int m, int k) {
        return (m * 5 + k * 3) % 11 - 5;
    }

    private static float b(int k, int n) {
        return (k * 7 + n * 2) % 9 - 3.5f;
    }

    private static float[] expected() {
        float[] c = new float[M * N];
        for (int i = 0; i < c.length; i++) {
            c[i] = 0.25f;
            for (int k = 0; k < K; k++) {
                c[i] += a(i / N, k) * b(k, i % N);
            }
        }
        return c;
    }

    private static int bits(float value, DType type) {
        short bits = type == DType.F16 ? Float.floatToFloat16(value) : DType.floatToBfloat16(value);
        return bits & 0xFFFF;
    }

    private static int pair(float low, float high, DType type) {
        return bits(low, type) | bits(high, type) << 16;
    }

    private static float[] multiply(
            KernelContext context, HalfFloat[] a, HalfFloat[] b, DType type) {
        float[] c = context.mmaFragment(0.25f);
        return type == DType.F16
                ? context.mma(a, b, c, MMAShape.M16N8K16)
                : context.mmaBF16(a, b, c, MMAShape.M16N8K16);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void aProductOfTilesAsTheyUsuallyLie(DType type) {
        FloatArray c = new FloatArray(M * N);
        run(
                32,
                context -> {
                    int[] left = context.allocateIntLocalArray(M * K / 2);
                    int[] right = context.allocateIntLocalArray(K * N / 2);
                    int lane = context.localIdx;
                    for (int i = lane; i < left.length; i += 32) {
                        int k = i % 8 * 2;
                        left[i] = pair(a(i / 8, k), a(i / 8, k + 1), type);
                    }
                    for (int i = lane; i < right.length; i += 32) {
                        int n = i % 4 * 2;
                        right[i] = pair(b(i / 4, n), b(i / 4, n + 1), type);
                    }
                    context.localBarrier();
                    HalfFloat[] a = context.mmaLoadA(left, 16, 0);
                    HalfFloat[] b = context.mmaLoadB(right, 16, 0);
                    context.mmaStore(multiply(context, a, b, type), c, 0, 0, N);
                });
        assertArrayEquals(expected(), c.toHeapArray());
    }

    /**
     * B lies column by column: two matrices that need no transposition, of the four that are
     * loaded.
     */
    @Test
    void aProductOfRowsThatLieElsewhere() {
        FloatArray c = new FloatArray(M * N);
        run(
                32,
                context -> {
                    // rows of 64 bytes, whose four pieces change places with the row
                    int[] tile = context.allocateIntLocalArray((M + N) * 16);
                    int lane = context.localIdx;
                    for (int i = lane; i < (M + N) * 8; i += 32) {
                        int row = i / 8;
                        int k = i % 8 * 2;
                        int at = row * 16 + ((k / 8 ^ row / 2 % 4) << 2) + k % 8 / 2;
                        tile[at] =
                                row < M
                                        ? pair(a(row, k), a(row, k + 1), DType.F16)
                                        : pair(b(k, row - M), b(k + 1, row - M), DType.F16);
                    }
                    context.localBarrier();
                    int eight = lane / 8;
                    int usual = (eight % 2 * 8 + lane % 8) * 32 + eight / 2 * 16;
                    int turn = lane % 8 / 2 % 4;
                    int left = (eight % 2 * 8 + lane % 8) * 64 + ((eight / 2 ^ turn) << 4);
                    int right = (M + lane % 8) * 64 + ((eight % 2 ^ turn) << 4);
                    HalfFloat[] a = context.mmaLoadA(tile, 16, left - usual);
                    HalfFloat[] b = context.mmaLoadA(tile, 16, right - usual);
                    context.mmaStore(multiply(context, a, b, DType.F16), c, 0, 0, N);
                });
        assertArrayEquals(expected(), c.toHeapArray());
    }

    @Test
    void everyItemGetsTheSumOfItsWarp() {
        FloatArray sums = new FloatArray(64);
        run(64, context -> sums.set(context.localIdx, context.simdSum(context.localIdx)));
        for (int i = 0; i < 64; i++) {
            assertEquals(i < 32 ? 496 : 1520, sums.get(i));
        }
    }

    @Test
    void sumsCanBeReadFromAVector() {
        FloatArray c = new FloatArray(32 * 4);
        run(
                32,
                context -> {
                    int lane = context.localIdx;
                    VectorFloat4 held = new VectorFloat4(4);
                    float[] sums = {lane, lane + 0.25f, lane + 0.5f, lane + 0.75f};
                    context.mmaStore(sums, held.getArray(), -(lane >> 2), -((lane & 3) << 1), 1);
                    c.set(lane * 4, held.get(1).getX());
                    c.set(lane * 4 + 1, held.get(1).getY());
                    c.set(lane * 4 + 2, held.get(3).getX());
                    c.set(lane * 4 + 3, held.get(3).getY());
                });
        for (int i = 0; i < 128; i++) {
            assertEquals(i / 4f, c.get(i));
        }
    }

    /** The first warp multiplies what the second brings: wrong if it does not wait. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMissingBarrierShows(boolean barrier) {
        FloatArray c = new FloatArray(M * N);
        run(
                64,
                context -> {
                    int[] tile = context.allocateIntLocalArray(M * K / 2);
                    int warp = context.localIdx / 32;
                    if (warp == 1) {
                        for (int i = context.localIdx % 32; i < tile.length; i += 32) {
                            tile[i] = pair(1, 1, DType.F16);
                        }
                    }
                    if (barrier) {
                        context.localBarrier();
                    }
                    if (warp == 0) {
                        HalfFloat[] a = context.mmaLoadA(tile, 16, 0);
                        context.mmaStore(multiply(context, a, a, DType.F16), c, 0, 0, N);
                    }
                });
        float[] right = new float[M * N];
        Arrays.fill(right, 16.25f);
        assertEquals(barrier, Arrays.equals(right, c.toHeapArray()));
    }

    @Test
    void operationsThatSomeItemsDoNotComeTo() {
        EmulationException divergence =
                assertThrows(
                        EmulationException.class,
                        () ->
                                run(
                                        32,
                                        context -> {
                                            int[] tile = context.allocateIntLocalArray(256);
                                            if (context.localIdx != 5) {
                                                context.mmaLoadA(tile, 16, 0);
                                            }
                                        }));
        assertEquals(
                "work item [0, 0, 0] of group [0, 0, 0] comes to mmaLoadA (LINE), but work item [5,"
                        + " 0, 0] of group [0, 0, 0] does not: every item of a warp must",
                divergence.getMessage().replaceFirst("\\(dev.*?:\\d+\\)\\)", "(LINE)"));
    }

    @Test
    void aWarpThatIsNotFull() {
        EmulationException few =
                assertThrows(
                        EmulationException.class,
                        () ->
                                run(
                                        16,
                                        context ->
                                                context.mmaLoadA(
                                                        context.allocateIntLocalArray(256),
                                                        16,
                                                        0)));
        assertTrue(few.getMessage().contains("a warp has 32 items, not 16"), few.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, -16, 1024})
    void rowsThatNoDeviceCouldLoad(int offset) {
        EmulationException failure =
                assertThrows(
                        EmulationException.class,
                        () ->
                                run(
                                        32,
                                        context ->
                                                context.mmaLoadA(
                                                        context.allocateIntLocalArray(256),
                                                        16,
                                                        offset)));
        String expected = offset == 8 ? "multiple of 16" : "local array of 1024";
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }
}
