package dev.getj.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a device does at best, measured with our own kernels: a large matrix product and a long
 * copy.
 *
 * @param gflops 10⁹ floating-point operations a second
 * @param gbps 10⁹ bytes a second, read and written together
 * @param launchMs a program of one launch that sets a single number: what every launch costs that
 *     runs by itself
 */
public record Roof(double gflops, double gbps, double launchMs) {
    private static final int[] SIDES = {512, 1024, 2048, 4096};
    private static final int[] LENGTHS = {1 << 22, 1 << 24, 1 << 26};

    /** A program has several launches, so that starting it does not count. */
    private static final int LAUNCHES = 4;

    /** Larger sizes are not tried once a program takes so long. */
    private static final double LONG_ENOUGH = 0.05;

    private static final int REPETITIONS = 3;
    private static final int EMPTY_LAUNCHES = 100;

    /**
     * Measures {@code backend}, within seconds.
     *
     * @param large whether the device may have memory for the largest sizes, 0.7 GB; else 0.2 GB
     */
    public static Roof measure(Backend backend, boolean large) {
        int sizes = large ? SIDES.length : SIDES.length - 1;
        int side = SIDES[sizes - 1];
        int length = large ? LENGTHS[2] : LENGTHS[1];
        // zeros are as quick as any other numbers
        Tensor a = backend.allocate(length);
        Tensor b = backend.allocate(length);
        Tensor c = backend.allocate(side, side);
        List<Timed> products = new ArrayList<>();
        for (int i = 0; i < sizes; i++) {
            int n = SIDES[i];
            Tensor x = a.view(0, n, n);
            Tensor w = b.view(0, n, n);
            Tensor y = c.view(0, n, n);
            products.add(timed(backend, k -> k.linear(x, w, null, y)));
        }
        List<Timed> copies = new ArrayList<>();
        for (int n : LENGTHS) {
            if (n <= length) {
                Tensor from = a.view(0, n);
                Tensor to = b.view(0, n);
                copies.add(timed(backend, k -> k.copy(from, to)));
            }
        }
        Tensor one = c.view(0, 1);
        Program nothing = backend.record("nothing", k -> k.fill(0, one));
        double launch = quickest(nothing, EMPTY_LAUNCHES);
        return new Roof(best(products, true) * 1e-9, best(copies, false) * 1e-9, launch * 1e3);
    }

    private record Timed(Program program, Cost cost) {}

    private static Timed timed(Backend backend, Consumer<Kernels> launch) {
        Program program =
                backend.record(
                        "roof",
                        k -> {
                            for (int i = 0; i < LAUNCHES; i++) {
                                launch.accept(k);
                            }
                        });
        return new Timed(program, program.operations().getFirst().cost());
    }

    // operations or bytes a second
    private static double best(List<Timed> programs, boolean arithmetic) {
        double best = 0;
        for (Timed timed : programs) {
            double seconds = quickest(timed.program, REPETITIONS);
            double work = arithmetic ? timed.cost.flops() : timed.cost.bytes();
            best = Math.max(best, LAUNCHES * work / seconds);
            if (seconds > LONG_ENOUGH) {
                break;
            }
        }
        return best;
    }

    // seconds, after one run to warm up
    private static double quickest(Program program, int repetitions) {
        program.run();
        double seconds = Double.POSITIVE_INFINITY;
        for (int i = 0; i < repetitions; i++) {
            long start = System.nanoTime();
            program.run();
            seconds = Math.min(seconds, (System.nanoTime() - start) * 1e-9);
        }
        return seconds;
    }
}
