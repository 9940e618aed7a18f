package dev.getj.kernels.tornado.emulator;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Launches a kernel over a grid on this thread: {@code Emulator.run(grid, context ->
 * Norms.layerNorm(context, x, y, n))}.
 *
 * <p>Ids, shared local arrays and barriers behave as on a device, and what a device leaves
 * undefined fails: garbage in local memory is NaN, an index outside an array throws, and so does a
 * barrier that some items of a group never come to. The same launch always runs in the same order.
 */
public final class Emulator {
    private static final int MOST_ITEMS = 1024;

    private Emulator() {}

    /**
     * Runs the kernel once for each work item.
     *
     * @throws EmulationException if the grid could not be launched on a device, if the kernel
     *     throws, or if the items of a group do not come to the same barriers
     */
    public static void run(WorkerGrid grid, Consumer<? super KernelContext> kernel) {
        int[] global = ints(grid.getGlobalWork());
        int[] size = groupSize(grid);
        WorkGroup groups = new WorkGroup(size, global, kernel);
        for (int z = 0; z < global[2] / size[2]; z++) {
            for (int y = 0; y < global[1] / size[1]; y++) {
                for (int x = 0; x < global[0] / size[0]; x++) {
                    groups.run(new int[] {x, y, z});
                }
            }
        }
    }

    private static int[] groupSize(WorkerGrid grid) {
        long[] global = grid.getGlobalWork();
        long[] local = grid.getLocalWork();
        check(local != null, "the grid has no group size: call setLocalWork");
        String sizes = Arrays.toString(local) + " of " + Arrays.toString(global);
        for (int i = 0; i < 3; i++) {
            check(
                    global[i] > 0 && local[i] > 0 && global[i] % local[i] == 0,
                    "groups do not divide the grid: " + sizes);
            check(grid.getGlobalOffset()[i] == 0, "a global offset is not emulated");
        }
        check(
                local[0] * local[1] * local[2] <= MOST_ITEMS,
                "a group has at most " + MOST_ITEMS + " items: " + sizes);
        return ints(local);
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new EmulationException(otherwise);
        }
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
}
