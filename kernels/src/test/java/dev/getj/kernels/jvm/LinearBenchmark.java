package dev.getj.kernels.jvm;

import com.sun.management.ThreadMXBean;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * GFLOP/s of the linear launches at GET's shapes, next to the fused multiply-add roof measured in
 * the same run. Arguments: threads, seconds for each line (and as many before, for the compiler),
 * and optionally rows, inputs, outputs of one shape.
 *
 * <p>One thread is timed by its processor time, which other work on the machine hardly touches;
 * more by the clock.
 */
public final class LinearBenchmark {
    // rows, inputs, outputs
    private static final int[][] SHAPES = {
        {2048, 256, 768},
        {2048, 256, 256},
        {2048, 256, 1024},
        {2048, 1024, 256},
        {2048, 256, 1536},
        {2048, 1536, 256},
        {2048, 256, 2304},
        {256, 256, 768},
        {256, 256, 256},
        {256, 256, 1024},
        {256, 1024, 256},
        {2048, 768, 2304},
        {2048, 768, 9216},
        {2048, 9216, 768}
    };
    private static final int ROOF_STEPS = 20_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Backend backend;
    private final double seconds;
    private final LongSupplier clock;
    private double roof;

    private LinearBenchmark(Backend backend, int threads, double seconds) {
        this.backend = backend;
        this.seconds = seconds;
        clock = threads == 1 ? THREADS::getCurrentThreadCpuTime : System::nanoTime;
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
        int[][] shapes =
                arguments.length < 5
                        ? SHAPES
                        : new int[][] {
                            Arrays.stream(arguments, 2, 5).mapToInt(Integer::parseInt).toArray()
                        };
        try (Backend backend = new JvmBackend(threads);
                Workers workers = new Workers(threads)) {
            LinearBenchmark benchmark = new LinearBenchmark(backend, threads, seconds);
            benchmark.measureRoof(workers);
            System.out.printf(
                    Locale.ROOT,
                    "%s, at most %.1f GFLOP/s%n",
                    backend.description(),
                    benchmark.roof);
            System.out.printf(
                    "%-26s %8s %8s %8s %10s%n",
                    "launch", "GFLOP/s", "median", "of roof", "bytes/run");
            for (int[] shape : shapes) {
                benchmark.launches(shape[0], shape[1], shape[2]);
            }
        }
    }

    private void launches(int rows, int inputs, int outputs) {
        Tensor x = random(rows, inputs);
        Tensor weight = random(outputs, inputs);
        Tensor bias = random(outputs);
        Tensor y = random(rows, outputs);
        Tensor dX = random(rows, inputs);
        Tensor dW = backend.allocate(outputs, inputs);
        Tensor dBias = backend.allocate(outputs);
        double flops = 2.0 * rows * inputs * outputs;
        String shape = " %dx%dx%d".formatted(rows, inputs, outputs);
        measure("linear" + shape, flops, k -> k.linear(x, weight, bias, y));
        measure("gelu" + shape, flops, k -> k.linearGelu(x, weight, bias, null, y));
        measure("dX" + shape, flops, k -> k.linearBackwardInput(y, weight, dX));
        measure("dW" + shape, flops, k -> k.linearBackwardWeight(y, x, dW, dBias));
    }

    private void measure(String name, double flops, Consumer<Kernels> launch) {
        Program program = backend.record(name, launch);
        double[] times = time(program::run);
        long before = THREADS.getTotalThreadAllocatedBytes();
        int runs = 100;
        for (int i = 0; i < runs; i++) {
            program.run();
        }
        long allocated = (THREADS.getTotalThreadAllocatedBytes() - before) / runs;
        double best = flops / times[0] / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%-26s %8.1f %8.1f %7.0f%% %10d%n",
                name,
                best,
                flops / times[times.length / 2] / 1e9,
                100 * best / roof,
                allocated);
    }

    // sorted seconds of runs, after as long a warm-up for the compiler
    private double[] time(Runnable body) {
        repeat(body);
        double[] times = repeat(body);
        Arrays.sort(times);
        return times;
    }

    private double[] repeat(Runnable body) {
        long end = clock.getAsLong() + (long) (seconds * 1e9);
        double[] times = new double[1 << 16];
        int count = 0;
        while (count < times.length && (clock.getAsLong() < end || count < 5)) {
            long start = clock.getAsLong();
            body.run();
            times[count++] = (clock.getAsLong() - start) * 1e-9;
        }
        return Arrays.copyOf(times, count);
    }

    // nothing but fused multiply-adds on all threads
    private void measureRoof(Workers workers) {
        float[] sink = new float[64 * workers.count()];
        Workers.Task task =
                (index, worker) -> sink[64 * worker] += chains(ROOF_STEPS, sink[64 * worker]);
        int tasks = 64 * workers.count();
        double flops = (double) tasks * ROOF_STEPS * 12 * 2 * Gemm.LANES;
        roof = flops / time(() -> workers.run(tasks, task))[0] / 1e9;
    }

    // twelve independent chains: more than latency times issue width
    private static float chains(int steps, float seed) {
        FloatVector a = FloatVector.broadcast(Gemm.SPECIES, 0.5f);
        FloatVector b = FloatVector.broadcast(Gemm.SPECIES, seed);
        FloatVector c0 = b;
        FloatVector c1 = b.add(1);
        FloatVector c2 = b.add(2);
        FloatVector c3 = b.add(3);
        FloatVector c4 = b.add(4);
        FloatVector c5 = b.add(5);
        FloatVector c6 = b.add(6);
        FloatVector c7 = b.add(7);
        FloatVector c8 = b.add(8);
        FloatVector c9 = b.add(9);
        FloatVector c10 = b.add(10);
        FloatVector c11 = b.add(11);
        for (int i = 0; i < steps; i++) {
            c0 = c0.fma(a, b);
            c1 = c1.fma(a, b);
            c2 = c2.fma(a, b);
            c3 = c3.fma(a, b);
            c4 = c4.fma(a, b);
            c5 = c5.fma(a, b);
            c6 = c6.fma(a, b);
            c7 = c7.fma(a, b);
            c8 = c8.fma(a, b);
            c9 = c9.fma(a, b);
            c10 = c10.fma(a, b);
            c11 = c11.fma(a, b);
        }
        return c0.add(c1)
                .add(c2)
                .add(c3)
                .add(c4)
                .add(c5)
                .add(c6)
                .add(c7)
                .add(c8)
                .add(c9)
                .add(c10)
                .add(c11)
                .lane(0);
    }

    private Tensor random(int... shape) {
        Random random = new Random(1);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return backend.allocate(shape).set(values);
    }
}
