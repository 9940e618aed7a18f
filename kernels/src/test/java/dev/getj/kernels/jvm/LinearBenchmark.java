package dev.getj.kernels.jvm;

import com.sun.management.ThreadMXBean;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;

/**
 * GFLOP/s of the linear launches at GET's shapes, next to the fused multiply-add roof measured
 * before and after each shape, the best so far. Arguments: threads, seconds for each line (and as
 * many before, for the compiler), and optionally rows, inputs, outputs of one shape.
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

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Backend backend;
    private final Stopwatch stopwatch;
    private final MultiplyAddRoof roof;

    private LinearBenchmark(Backend backend, Stopwatch stopwatch, MultiplyAddRoof roof) {
        this.backend = backend;
        this.stopwatch = stopwatch;
        this.roof = roof;
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
            Stopwatch stopwatch = new Stopwatch(threads, seconds);
            MultiplyAddRoof roof = new MultiplyAddRoof(workers, stopwatch);
            roof.measure();
            LinearBenchmark benchmark = new LinearBenchmark(backend, stopwatch, roof);
            System.out.printf("%s%n", backend.description());
            System.out.printf(
                    "%-26s %8s %8s %8s %10s%n",
                    "launch", "GFLOP/s", "median", "of roof", "bytes/run");
            for (int[] shape : shapes) {
                benchmark.launches(shape[0], shape[1], shape[2]);
            }
            System.out.println(roof.describe());
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
        List<Line> lines =
                List.of(
                        measure("linear" + shape, flops, k -> k.linear(x, weight, bias, y)),
                        measure("gelu" + shape, flops, k -> k.linearGelu(x, weight, bias, null, y)),
                        measure("dX" + shape, flops, k -> k.linearBackwardInput(y, weight, dX)),
                        measure("dW" + shape, flops, k -> k.linearBackwardWeight(y, x, dW, dBias)));
        // before and after, as the machine's clock changes
        double best = roof.measure();
        lines.forEach(line -> line.print(best));
    }

    private record Line(String name, double best, double median, long allocated) {
        void print(double roof) {
            System.out.printf(
                    Locale.ROOT,
                    "%-26s %8.1f %8.1f %7.0f%% %10d%n",
                    name,
                    best,
                    median,
                    100 * best / roof,
                    allocated);
        }
    }

    private Line measure(String name, double flops, Consumer<Kernels> launch) {
        Program program = backend.record(name, launch);
        double[] times = stopwatch.sorted(program::run);
        long before = THREADS.getTotalThreadAllocatedBytes();
        int runs = 100;
        for (int i = 0; i < runs; i++) {
            program.run();
        }
        long allocated = (THREADS.getTotalThreadAllocatedBytes() - before) / runs;
        return new Line(
                name, flops / times[0] / 1e9, flops / times[times.length / 2] / 1e9, allocated);
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
