package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.DeviceProfile.Cost;
import dev.getj.kernels.DeviceProfile.Join;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tornado.runtime.Tasks;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Measures what the kernels of a product cost on a device: each with one work-group a processor and
 * with several, and with short and long sums, by the device's clock where it has one. What a
 * work-group costs is the slope of its time over the length of the sums.
 *
 * @param open a backend that records operations as it is told
 * @param depths lengths of the sums, the longer one last
 * @param rounds of which the fastest counts
 */
public record TileMeasurement(
        DeviceProfile assumed, Function<Tasks.Recorder, Backend> open, int[] depths, int rounds) {
    // work-groups of a processor that has more than one
    private static final int SHARED = 4;
    // parts of a product that are joined
    private static final int PARTS = 4;
    private static final int WARM_UPS = 2;

    /**
     * The device's profile with measured costs.
     *
     * @param assumed of it
     * @param open a backend that records operations as it is told
     */
    public static DeviceProfile measure(
            DeviceProfile assumed, Function<Tasks.Recorder, Backend> open) {
        return new TileMeasurement(assumed, open, new int[] {512, 2048}, 10).measure();
    }

    /** The device's profile with measured costs. */
    public DeviceProfile measure() {
        Cost large =
                cost(
                        MatMulLarge.TILE,
                        MatMulLarge.TILE,
                        (t, o, p) -> MatMulLarge.record(t, o.whole(t, p), p));
        Cost small =
                cost(
                        MatMulSmall.TILE,
                        MatMulSmall.TILE,
                        (t, o, p) -> MatMulSmall.record(t, o.whole(t, p), p));
        Cost sliced =
                cost(
                        MatMulSliced.TILE,
                        MatMulSliced.TILE,
                        (t, o, p) -> MatMulSliced.record(t, o.whole(t, p), p));
        Cost split =
                cost(
                        MatMulSplitK.TILE,
                        MatMulSplitK.TILE,
                        (t, o, p) -> MatMulSplitK.record(t, o.whole(t, p), p));
        return assumed.with(new DeviceProfile.Costs(large, small, sliced, split, join()));
    }

    private interface Kernel {
        void record(Tasks tasks, Operands operands, Product product);
    }

    private Cost cost(int tileRows, int tileColumns, Kernel kernel) {
        int columns = tileColumns * assumed.processors();
        double alone = nanos(tileRows, columns, depths[0], kernel);
        double slope = slope(alone, nanos(tileRows, columns, depths[1], kernel));
        int rows = SHARED * tileRows;
        double shared =
                slope(
                        nanos(rows, columns, depths[0], kernel),
                        nanos(rows, columns, depths[1], kernel));
        return new Cost(slope, shared / SHARED, Math.max(0, alone / slope - depths[0]), 0);
    }

    // of a product of a sum; a mean where the clock cannot tell short sums from long ones
    private double slope(double shorter, double longer) {
        return longer > shorter ? (longer - shorter) / (depths[1] - depths[0]) : longer / depths[1];
    }

    private Join join() {
        Kernel kernel =
                (tasks, operands, product) -> {
                    int depth = product.k() / PARTS;
                    MatMul.join(
                            tasks,
                            new Product(
                                    MatMul.FORWARD,
                                    product.m(),
                                    product.n(),
                                    product.k(),
                                    depth,
                                    0,
                                    1,
                                    1),
                            operands);
                };
        int rows = MatMulSplitK.TILE;
        int columns = rows * assumed.processors() * SHARED;
        double small = nanos(rows, rows, depths[0], kernel);
        double large = nanos(rows, columns, depths[0], kernel);
        int elements = PARTS * rows * columns;
        double slope =
                large > small
                        ? (large - small) / (elements - PARTS * rows * rows)
                        : large / elements;
        return new Join(small, slope);
    }

    // of the fastest run of y [m, n] = x [m, k] · weight [n, k]ᵀ
    private double nanos(int m, int n, int k, Kernel kernel) {
        Product product = new Product(MatMul.FORWARD, m, n, k, k, 0, 1, 1);
        Tasks.Recorder recorder =
                (tasks, operation) -> kernel.record(tasks, operands(operation), product);
        try (Backend backend = open.apply(recorder)) {
            Optional<DeviceClock> clock = backend.clock();
            Tensor x = backend.allocate(m, k);
            Tensor weight = backend.allocate(n, k);
            Tensor y = backend.allocate(m, n);
            List<Operation> operations = Kernels.record(it -> it.linear(x, weight, null, y));
            Program program = backend.compile("measurement", operations);
            for (int i = 0; i < WARM_UPS; i++) {
                program.run();
            }
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < rounds; i++) {
                long before = System.nanoTime();
                program.run();
                long wall = System.nanoTime() - before;
                // 0 if the driver does not tell
                long told = clock.map(DeviceClock::kernelNanos).orElse(0L);
                fastest = Math.min(fastest, told > 0 ? told : wall);
            }
            return fastest;
        }
    }

    private static Operands operands(Operation operation) {
        if (operation instanceof MatMulOp.Linear(var x, var weight, var bias, var y)) {
            return new Operands(x, weight, bias, Optional.empty(), 0, Optional.empty(), y);
        }
        throw new IllegalArgumentException(operation.name() + " is not measured");
    }
}
