package dev.getj.kernels.tornado.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

class EmulatorTest {
    private static WorkerGrid line(int items, int group) {
        WorkerGrid grid = new WorkerGrid1D(items);
        grid.setLocalWork(group, 1, 1);
        return grid;
    }

    @Test
    void idsAlongALine() {
        IntArray seen = new IntArray(12);
        Emulator.run(
                line(12, 4),
                context -> {
                    assertEquals(context.globalIdx, context.groupIdx * 4 + context.localIdx);
                    assertEquals(12, context.globalGroupSizeX);
                    assertEquals(4, context.localGroupSizeX);
                    assertEquals(1, context.localGroupSizeY);
                    seen.set(context.globalIdx, seen.get(context.globalIdx) + 1);
                });
        assertArrayEquals(IntStream.generate(() -> 1).limit(12).toArray(), seen.toHeapArray());
    }

    @Test
    void idsInAPlane() {
        WorkerGrid grid = new WorkerGrid2D(6, 4);
        grid.setLocalWork(3, 2, 1);
        IntArray seen = new IntArray(24);
        Emulator.run(
                grid,
                context -> {
                    assertEquals(context.globalIdx, context.groupIdx * 3 + context.localIdx);
                    assertEquals(context.globalIdy, context.groupIdy * 2 + context.localIdy);
                    assertEquals(4, context.globalGroupSizeY);
                    seen.set(context.globalIdy * 6 + context.globalIdx, context.localIdy + 1);
                });
        assertArrayEquals(
                IntStream.range(0, 24).map(i -> i / 6 % 2 + 1).toArray(), seen.toHeapArray());
    }

    @Test
    void idsInABox() {
        WorkerGrid grid = new WorkerGrid3D(4, 6, 8);
        grid.setLocalWork(2, 3, 4);
        IntArray seen = new IntArray(4 * 6 * 8);
        Emulator.run(
                grid,
                context -> {
                    assertEquals(context.globalIdz, context.groupIdz * 4 + context.localIdz);
                    assertEquals(8, context.globalGroupSizeZ);
                    assertEquals(3, context.localGroupSizeY);
                    int i = (context.globalIdz * 6 + context.globalIdy) * 4 + context.globalIdx;
                    seen.set(i, seen.get(i) + 1);
                });
        assertEquals(4 * 6 * 8, IntStream.of(seen.toHeapArray()).filter(n -> n == 1).count());
    }

    /** Each group adds up its part of x by halves. */
    private static void sum(KernelContext context, FloatArray x, FloatArray sums) {
        float[] parts = context.allocateFloatLocalArray(256);
        int i = context.localIdx;
        parts[i] = x.get(context.globalIdx);
        context.localBarrier();
        for (int half = 128; half > 0; half >>= 1) {
            if (i < half) {
                parts[i] += parts[i + half];
            }
            context.localBarrier();
        }
        if (i == 0) {
            sums.set(context.groupIdx, parts[0]);
        }
    }

    @Test
    void sumByHalves() {
        int groups = 7;
        FloatArray x = new FloatArray(groups * 256);
        float[] expected = new float[groups];
        for (int i = 0; i < x.getSize(); i++) {
            x.set(i, i % 100);
            expected[i / 256] += i % 100;
        }
        FloatArray sums = new FloatArray(groups);
        Emulator.run(line(x.getSize(), 256), context -> sum(context, x, sums));
        assertArrayEquals(expected, sums.toHeapArray());
    }

    /** c = a b for n × n matrices in tiles of 8 × 8, with an edge that is not full. */
    private static void multiply(
            KernelContext context, FloatArray a, FloatArray b, FloatArray c, int n) {
        float[] aTile = context.allocateFloatLocalArray(64);
        float[] bTile = context.allocateFloatLocalArray(64);
        int x = context.localIdx;
        int y = context.localIdy;
        int column = context.globalIdx;
        int row = context.globalIdy;
        float sum = 0;
        for (int k = 0; k < n; k += 8) {
            aTile[y * 8 + x] = row < n && k + x < n ? a.get(row * n + k + x) : 0;
            bTile[y * 8 + x] = column < n && k + y < n ? b.get((k + y) * n + column) : 0;
            context.localBarrier();
            for (int j = 0; j < 8; j++) {
                sum += aTile[y * 8 + j] * bTile[j * 8 + x];
            }
            context.localBarrier();
        }
        if (row < n && column < n) {
            c.set(row * n + column, sum);
        }
    }

    @Test
    void matrixProductInTiles() {
        int n = 29;
        FloatArray a = new FloatArray(n * n);
        FloatArray b = new FloatArray(n * n);
        for (int i = 0; i < n * n; i++) {
            a.set(i, i % 11 - 5);
            b.set(i, i % 7 - 3);
        }
        float[] expected = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    expected[i * n + j] += a.get(i * n + k) * b.get(k * n + j);
                }
            }
        }
        FloatArray c = new FloatArray(n * n);
        WorkerGrid grid = new WorkerGrid2D(32, 32);
        grid.setLocalWork(8, 8, 1);
        Emulator.run(grid, context -> multiply(context, a, b, c, n));
        assertArrayEquals(expected, c.toHeapArray());
    }

    @Test
    void theSameOrderEveryTime() {
        List<List<Integer>> orders = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            List<Integer> order = new ArrayList<>();
            Emulator.run(
                    line(4, 2),
                    context -> {
                        order.add(context.globalIdx);
                        context.localBarrier();
                        order.add(context.globalIdx);
                    });
            orders.add(order);
        }
        assertEquals(List.of(0, 1, 1, 0, 3, 2, 2, 3), orders.getFirst());
        assertEquals(orders.getFirst(), orders.getLast());
    }

    @Test
    void aMissingBarrierShowsInEitherDirection() {
        for (int neighbour : new int[] {1, 7}) {
            FloatArray y = new FloatArray(32);
            Emulator.run(
                    line(32, 8),
                    context -> {
                        float[] shared = context.allocateFloatLocalArray(8);
                        shared[context.localIdx] = 1;
                        y.set(context.globalIdx, shared[(context.localIdx + neighbour) % 8]);
                    });
            boolean garbage = false;
            for (float value : y.toHeapArray()) {
                garbage |= Float.isNaN(value);
            }
            assertTrue(garbage);
        }
    }

    @Test
    void localMemoryStartsAsGarbageInEachGroup() {
        Emulator.run(
                line(8, 4),
                context -> {
                    float[] floats = context.allocateFloatLocalArray(1);
                    int[] ints = context.allocateIntLocalArray(1);
                    context.localBarrier();
                    assertTrue(Float.isNaN(floats[0]));
                    assertTrue(ints[0] < -1_000_000);
                    context.globalBarrier();
                    floats[0] = 1;
                    ints[0] = 1;
                });
    }

    @Test
    void aBarrierThatSomeItemsDoNotComeTo() {
        var divergence =
                assertThrows(
                        EmulationException.class,
                        () ->
                                Emulator.run(
                                        line(16, 8),
                                        context -> {
                                            context.localBarrier();
                                            if (context.globalIdx != 3) {
                                                context.localBarrier();
                                            }
                                        }));
        String message = divergence.getMessage();
        assertTrue(message.contains("waits at barrier 2"), message);
        assertTrue(message.contains("EmulatorTest.java:"), message);
        assertTrue(
                message.contains("work item [3, 0, 0] of group [0, 0, 0] has returned"), message);
    }

    @Test
    void anExceptionNamesItsWorkItem() {
        FloatArray x = new FloatArray(9);
        var failure =
                assertThrows(
                        EmulationException.class,
                        () ->
                                Emulator.run(
                                        line(12, 4),
                                        context -> {
                                            context.localBarrier();
                                            x.set(context.globalIdx + 3, 1);
                                        }));
        assertTrue(failure.getMessage().contains("of group [1, 0, 0]"), failure.getMessage());
        assertInstanceOf(IndexOutOfBoundsException.class, failure.getCause());
    }

    private static String refused(WorkerGrid grid) {
        return assertThrows(
                        EmulationException.class,
                        () -> Emulator.run(grid, context -> assertFalse(true)))
                .getMessage();
    }

    @Test
    void gridsThatADeviceWouldNotLaunch() {
        assertEquals("the grid has no group size: call setLocalWork", refused(new WorkerGrid1D(8)));
        assertEquals(
                "groups do not divide the grid: [4, 1, 1] of [10, 1, 1]", refused(line(10, 4)));
        assertEquals(
                "a group has at most 1024 items: [2048, 1, 1] of [2048, 1, 1]",
                refused(line(2048, 2048)));
        WorkerGrid offset = line(8, 4);
        offset.setGlobalOffset(4, 0, 0);
        assertEquals("a global offset is not emulated", refused(offset));
    }

    @Test
    void localArraysThatADeviceWouldNotHave() {
        var tooMuch =
                assertThrows(
                        EmulationException.class,
                        () ->
                                Emulator.run(
                                        line(1, 1),
                                        context -> context.allocateFloatLocalArray(12_289)));
        assertTrue(tooMuch.getMessage().contains("49156 bytes"), tooMuch.getMessage());
        var unequal =
                assertThrows(
                        EmulationException.class,
                        () ->
                                Emulator.run(
                                        line(2, 2),
                                        context ->
                                                context.allocateIntLocalArray(
                                                        context.localIdx + 1)));
        assertTrue(unequal.getMessage().contains("another type or length"), unequal.getMessage());
    }
}
