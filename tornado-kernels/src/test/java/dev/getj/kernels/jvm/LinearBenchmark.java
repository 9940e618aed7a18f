package dev.getj.kernels.jvm;

import com.sun.management.ThreadMXBean;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * GFLOP/s of the linear launches at GET's shapes, next to the fused multiply-add roof measured in
 * the same run. Arguments: threads, seconds for each line, and optionally rows, inputs, outputs of
 * one shape.
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

    private LinearBenchmark() {}

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
            System.out.println(backend.description());
            System.out.printf(
                    "%-30s %8s %8s %8s %10s%n",
                    "launch", "GFLOP/s", "median", "of roof", "bytes/run");
            for (int[] shape : shapes) {
                double roof = roof(workers, seconds / 2);
                launches(backend, shape, seconds, roof);
            }
        }
    }

    private static void launches(Backend backend, int[] shape, double seconds, double roof) {
        Tensor x = random(backend, shape[0], shape[1]);
        Tensor weight = random(backend, shape[2], shape[1]);
        Tensor bias = random(backend, shape[2]);
        Tensor y = random(backend, shape[0], shape[2]);
        Tensor dX = random(backend, shape[0], shape[1]);
        Tensor dWeight = backend.allocate(shape[2], shape[1]);
        Tensor dBias = backend.allocate(shape[2]);
        double flops = 2.0 * shape[0] * shape[1] * shape[2];
        String name = " %dx%dx%d".formatted(shape[0], shape[1], shape[2]);
        measure(
                "linear" + name,
                flops,
                seconds,
                roof,
                backend.record("forward", kernels -> kernels.linear(x, weight, bias, y)));
        measure(
                "gelu" + name,
                flops,
                seconds,
                roof,
                backend.record("gelu", kernels -> kernels.linearGelu(x, weight, bias, null, y)));
        measure(
                "dX" + name,
                flops,
                seconds,
                roof,
                backend.record("input", kernels -> kernels.linearBackwardInput(y, weight, dX)));
        measure(
                "dW" + name,
                flops,
                seconds,
                roof,
                backend.record(
                        "weight", kernels -> kernels.linearBackwardWeight(y, x, dWeight, dBias)));
    }

    private static void measure(
            String name, double flops, double seconds, double roof, Program program) {
        double[] times = time(seconds, program::run);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getTotalThreadAllocatedBytes();
        int runs = 100;
        for (int i = 0; i < runs; i++) {
            program.run();
        }
        long allocated = (threads.getTotalThreadAllocatedBytes() - before) / runs;
        double best = flops / times[0] / 1e9;
        double median = flops / times[times.length / 2] / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%-30s %8.1f %8.1f %7.0f%% %10d%n",
                name,
                best,
                median,
                100 * best / roof,
                allocated);
    }

    // sorted seconds of runs, after as long a warm-up for the compiler
    private static double[] time(double seconds, Runnable body) {
        run(seconds, body);
        double[] times = run(seconds, body);
        Arrays.sort(times);
        return times;
    }

    private static double[] run(double seconds, Runnable body) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        double[] times = new double[1 << 16];
        int count = 0;
        while (count < times.length && (System.nanoTime() < end || count < 5)) {
            long start = System.nanoTime();
            body.run();
            times[count++] = (System.nanoTime() - start) * 1e-9;
        }
        return Arrays.copyOf(times, count);
    }

    // GFLOP/s of nothing but fused multiply-adds on all threads
    private static double roof(Workers workers, double seconds) {
        float[] sink = new float[64 * workers.count()];
        Workers.Task task =
                (index, worker) -> sink[64 * worker] += chains(ROOF_STEPS, sink[64 * worker]);
        double best = time(seconds, () -> workers.run(4 * workers.count(), task))[0];
        double flops = 4.0 * workers.count() * ROOF_STEPS * 12 * 2 * Gemm.LANES;
        System.out.printf(Locale.ROOT, "%-30s %8.1f%n", "roof", flops / best / 1e9);
        return flops / best / 1e9;
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

    private static Tensor random(Backend backend, int... shape) {
        Random random = new Random(1);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return backend.allocate(shape).set(values);
    }
}
