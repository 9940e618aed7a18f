package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.DeviceProfile.Cost;
import dev.getj.kernels.DeviceProfile.Join;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Tasks;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private enum Kernel {
        LARGE(MatMulLarge.TILE),
        SMALL(MatMulSmall.TILE),
        SLICED(MatMulSliced.TILE),
        SPLIT(MatMulSplitK.TILE),
        JOIN(MatMulSplitK.TILE);

        private final int tile;

        Kernel(int tile) {
            this.tile = tile;
        }
    }

    /** What is timed: a kernel that computes y [m, n] = x [m, k] · weight [n, k]ᵀ. */
    private record Timed(Kernel kernel, int m, int n, int k) {
        void record(Tasks tasks, Operands operands) {
            Product product = new Product(MatMul.FORWARD, m, n, k, k, 0, 1, 1);
            switch (kernel) {
                case LARGE -> MatMulLarge.record(tasks, operands.whole(tasks, product), product);
                case SMALL -> MatMulSmall.record(tasks, operands.whole(tasks, product), product);
                case SLICED -> MatMulSliced.record(tasks, operands.whole(tasks, product), product);
                case SPLIT -> MatMulSplitK.record(tasks, operands.whole(tasks, product), product);
                case JOIN ->
                        MatMul.join(
                                tasks,
                                new Product(MatMul.FORWARD, m, n, k, k / PARTS, 0, 1, 1),
                                operands);
            }
        }
    }

    /** The device's profile with measured costs. */
    public DeviceProfile measure() {
        Map<Timed, Double> nanos = times(all());
        return assumed.with(
                new DeviceProfile.Costs(
                        cost(Kernel.LARGE, nanos),
                        cost(Kernel.SMALL, nanos),
                        cost(Kernel.SLICED, nanos),
                        cost(Kernel.SPLIT, nanos),
                        join(nanos)));
    }

    private List<Timed> all() {
        List<Timed> all = new ArrayList<>(List.of(joined(1), joined(columns(Kernel.JOIN))));
        for (Kernel kernel : List.of(Kernel.LARGE, Kernel.SMALL, Kernel.SLICED, Kernel.SPLIT)) {
            for (int depth : depths) {
                all.add(product(kernel, 1, depth));
                all.add(product(kernel, SHARED, depth));
            }
        }
        return all;
    }

    // tiles that give each processor a work-group
    private int columns(Kernel kernel) {
        return kernel == Kernel.JOIN ? SHARED * assumed.processors() : assumed.processors();
    }

    private Timed product(Kernel kernel, int rows, int depth) {
        return new Timed(kernel, rows * kernel.tile, columns(kernel) * kernel.tile, depth);
    }

    private Timed joined(int columns) {
        int tile = Kernel.JOIN.tile;
        return new Timed(Kernel.JOIN, tile, columns * tile, depths[0]);
    }

    private Cost cost(Kernel kernel, Map<Timed, Double> nanos) {
        double alone = nanos.get(product(kernel, 1, depths[0]));
        double slope = slope(alone, nanos.get(product(kernel, 1, depths[1])));
        double shared =
                slope(
                        nanos.get(product(kernel, SHARED, depths[0])),
                        nanos.get(product(kernel, SHARED, depths[1])));
        return new Cost(slope, shared / SHARED, Math.max(0, alone / slope - depths[0]), 0);
    }

    // of a product of a sum; a mean where the clock cannot tell short sums from long ones
    private double slope(double shorter, double longer) {
        return longer > shorter ? (longer - shorter) / (depths[1] - depths[0]) : longer / depths[1];
    }

    private Join join(Map<Timed, Double> nanos) {
        Timed small = joined(1);
        Timed large = joined(columns(Kernel.JOIN));
        double start = nanos.get(small);
        double end = nanos.get(large);
        double elements = (double) PARTS * large.m * large.n;
        double element =
                end > start
                        ? (end - start) / (elements - (double) PARTS * small.m * small.n)
                        : end / elements;
        return new Join(start, element);
    }

    // of the fastest run of each; in one backend, so that what all need is compiled once
    private Map<Timed, Double> times(List<Timed> all) {
        Map<Operation, Timed> recorded = new IdentityHashMap<>();
        try (Backend backend =
                open.apply((tasks, it) -> recorded.get(it).record(tasks, operands(it)))) {
            Optional<DeviceClock> clock = backend.clock();
            Tensor x = backend.allocate(all.stream().mapToInt(it -> it.m * it.k).max().orElse(1));
            Tensor w = backend.allocate(all.stream().mapToInt(it -> it.n * it.k).max().orElse(1));
            Tensor y = backend.allocate(all.stream().mapToInt(it -> it.m * it.n).max().orElse(1));
            Map<Timed, Program> programs = new LinkedHashMap<>();
            for (Timed timed : all) {
                Operation operation =
                        new MatMulOp.Linear(
                                x.view(0, timed.m, timed.k),
                                w.view(0, timed.n, timed.k),
                                Optional.empty(),
                                y.view(0, timed.m, timed.n));
                recorded.put(operation, timed);
                programs.put(timed, backend.compile(timed.toString(), List.of(operation)));
            }
            Map<Timed, Double> nanos = new LinkedHashMap<>();
            programs.forEach((timed, program) -> nanos.put(timed, fastest(program, clock)));
            return nanos;
        }
    }

    private double fastest(Program program, Optional<DeviceClock> clock) {
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

    private static Operands operands(Operation operation) {
        if (operation instanceof MatMulOp.Linear(var x, var weight, var bias, var y)) {
            return new Operands(x, weight, bias, Optional.empty(), 0, Optional.empty(), y);
        }
        throw new IllegalArgumentException(operation.name() + " is not measured");
    }
}
