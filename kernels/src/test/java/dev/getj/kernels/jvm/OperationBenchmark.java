package dev.getj.kernels.jvm;

import dev.getj.kernels.Program;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Times the launches that are no product with a weight, at the shapes of GET-T/2 (256 tokens, width
 * 256, 4 heads). Arguments: threads, seconds for each line (and as many before, for the compiler),
 * batch. The roof of multiply-adds is measured before and after attention.
 */
public final class OperationBenchmark {
    private static final int TOKENS = 256;
    private static final int WIDTH = 256;
    private static final int HEADS = 4;
    private static final int PARAMETERS = 8_900_000;

    private final JvmBackend backend;
    private final Stopwatch stopwatch;
    private final Random random = new Random(1);

    private OperationBenchmark(JvmBackend backend, Stopwatch stopwatch) {
        this.backend = backend;
        this.stopwatch = stopwatch;
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
        int batch = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 8;
        try (JvmBackend backend = new JvmBackend(threads);
                Workers workers = new Workers(threads)) {
            System.out.println(backend.description() + ", batch " + batch);
            System.out.printf(
                    "%-20s %10s %10s %9s %8s%n", "launch", "best ms", "median", "GFLOP/s", "GB/s");
            Stopwatch stopwatch = new Stopwatch(threads, seconds);
            MultiplyAddRoof roof = new MultiplyAddRoof(workers, stopwatch);
            OperationBenchmark benchmark = new OperationBenchmark(backend, stopwatch);
            roof.measure();
            benchmark.attention(batch);
            roof.measure();
            System.out.println("multiply-adds: " + roof.describe());
            benchmark.gelu(batch);
            benchmark.rows(batch);
            benchmark.images(batch);
            benchmark.parameters();
        }
    }

    private void attention(int batch) {
        Tensor qkv = normal(batch, TOKENS, 3 * WIDTH);
        Tensor y = normal(batch, TOKENS, WIDTH);
        Tensor logSumExp = backend.allocate(batch, HEADS, TOKENS);
        Tensor dQkv = backend.allocate(batch, TOKENS, 3 * WIDTH);
        time(k -> k.attention(qkv, HEADS, y, logSumExp));
        time(k -> k.attentionBackward(y, qkv, y, logSumExp, HEADS, dQkv));
    }

    // on one thread, as an epilogue calls it: a tile at a time
    private void gelu(int batch) {
        Tensor x = normal(batch, TOKENS, WIDTH);
        float[] values = JvmBuffer.of(x).values;
        float[] tile = new float[16 * VectorMath.LANES];
        double flops = 30.0 * values.length;
        double bytes = 4.0 * values.length;
        Tile gelu = VectorMath::gelu;
        Tile derivative = VectorMath::geluDerivative;
        time("gelu", flops, bytes, () -> overTiles(values, tile, gelu));
        time("gelu derivative", flops, bytes, () -> overTiles(values, tile, derivative));
    }

    private interface Tile {
        void apply(float[] x, int at, int count);
    }

    private static void overTiles(float[] values, float[] tile, Tile function) {
        for (int i = 0; i + tile.length <= values.length; i += tile.length) {
            System.arraycopy(values, i, tile, 0, tile.length);
            function.apply(tile, 0, tile.length);
        }
    }

    private void rows(int batch) {
        Tensor x = normal(batch, TOKENS, WIDTH);
        Tensor y = normal(batch, TOKENS, WIDTH);
        Tensor dX = normal(batch, TOKENS, WIDTH);
        Tensor gamma = normal(WIDTH);
        Tensor beta = normal(WIDTH);
        Tensor statistics = backend.allocate(batch, TOKENS, 2);
        Tensor norms = backend.allocate(batch, 2);
        time(k -> k.layerNorm(x, gamma, beta, y, statistics));
        time(k -> k.layerNormBackward(y, x, gamma, statistics, dX, gamma, beta));
        time(k -> k.residualNorms(x, y, norms));
        time(k -> k.mix(0.5f, x, 0.5f, y));
    }

    private void images(int batch) {
        Tensor image = normal(batch, 3, 32, 32);
        Tensor target = normal(batch, 3, 32, 32);
        Tensor slopes = backend.allocate(batch, 3, 32, 32);
        Tensor loss = backend.allocate(1);
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        time(k -> k.loss(LossKind.L1, image, target, 1, loss, slopes));
        time(k -> k.normal(key, image));
    }

    private void parameters() {
        Tensor settings = backend.allocate(OptimizerOp.ADAMW_SETTINGS);
        settings.set(1e-4f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0.01f, 0.1f, 0.001f);
        Tensor weights = normal(PARAMETERS);
        Tensor gradients = normal(PARAMETERS);
        Tensor first = backend.allocate(PARAMETERS);
        Tensor second = backend.allocate(PARAMETERS);
        time(k -> k.adamW(settings, gradients, weights, first, second, null));
        time(k -> k.ema(weights, 0.9999, gradients));
        time(k -> k.fill(0, gradients));
    }

    private void time(Consumer<Kernels> launches) {
        Program program = backend.record("timed", launches);
        Cost cost = program.operations().getFirst().cost();
        time(cost.operation(), cost.flops(), cost.bytes(), program::run);
    }

    private void time(String name, double flops, double bytes, Runnable body) {
        double[] times = stopwatch.sorted(body);
        System.out.printf(
                Locale.ROOT,
                "%-20s %10.4f %10.4f %9.1f %8.1f%n",
                name,
                times[0] * 1e3,
                times[times.length / 2] * 1e3,
                flops / times[0] / 1e9,
                bytes / times[0] / 1e9);
    }

    private Tensor normal(int... shape) {
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return backend.allocate(shape).set(values);
    }
}
