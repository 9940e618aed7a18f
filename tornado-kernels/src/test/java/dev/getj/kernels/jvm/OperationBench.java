package dev.getj.kernels.jvm;

import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.Tensor;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Times the operations that are no matrix product with a weight, at the shapes of GET-T/2 (batch 8,
 * 256 tokens, width 256, 4 heads). Arguments: threads (2), rounds (40), part of a launch's name
 * (all).
 */
public final class OperationBench {
    private static final int BATCH = 8;
    private static final int TOKENS = 256;
    private static final int WIDTH = 256;
    private static final int HEADS = 4;
    private static final int PARAMETERS = 8_900_000;

    private final JvmBackend backend;
    private final int rounds;
    private final String only;
    private final Random random = new Random(1);

    private OperationBench(JvmBackend backend, int rounds, String only) {
        this.backend = backend;
        this.rounds = rounds;
        this.only = only;
    }

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 40;
        try (JvmBackend backend = new JvmBackend(threads)) {
            System.out.println(backend.description());
            System.out.printf(
                    "%-28s %10s %10s %9s %8s%n",
                    "launch", "median ms", "min ms", "GFLOP/s", "GB/s");
            new OperationBench(backend, rounds, args.length > 2 ? args[2] : "").run();
        }
    }

    private void run() {
        attention("attention d=64", BATCH, HEADS, 64);
        attention("attention d=64 B=1", 1, HEADS, 64);
        attention("attention d=12", BATCH, 2, 12);

        Tensor x = normal(BATCH, TOKENS, WIDTH);
        Tensor y = normal(BATCH, TOKENS, WIDTH);
        Tensor z = normal(BATCH, TOKENS, WIDTH);
        Tensor gamma = normal(WIDTH);
        Tensor beta = normal(WIDTH);
        Tensor statistics = backend.allocate(BATCH, TOKENS, 2);
        time("layerNorm", k -> k.layerNorm(x, gamma, beta, y, statistics));
        Tensor dGamma = backend.allocate(WIDTH);
        Tensor dBeta = backend.allocate(WIDTH);
        time(
                "layerNormBackward",
                k -> k.layerNormBackward(y, x, gamma, statistics, z, dGamma, dBeta));
        Tensor norms = backend.allocate(BATCH, 2);
        time("residualNorms", k -> k.residualNorms(x, y, norms));
        time("add", k -> k.add(x, y));
        time("copy", k -> k.copy(x, y));

        Tensor image = normal(BATCH, 3, 32, 32);
        Tensor target = normal(BATCH, 3, 32, 32);
        Tensor loss = backend.allocate(1);
        Tensor dImage = backend.allocate(BATCH, 3, 32, 32);
        time("loss", k -> k.loss(LossKind.L1, image, target, 1, loss, dImage));
        var key = backend.allocateInts(Kernels.NORMAL_KEY);
        time("normal", k -> k.normal(key, image));

        Tensor settings = backend.allocate(Kernels.ADAMW_SETTINGS);
        settings.set(1e-4f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0.01f, 0.1f, 0.001f);
        Tensor weights = normal(PARAMETERS);
        Tensor gradients = normal(PARAMETERS);
        Tensor first = backend.allocate(PARAMETERS);
        Tensor second = backend.allocate(PARAMETERS);
        time("adamW", k -> k.adamW(settings, gradients, weights, first, second));
        time("ema", k -> k.ema(weights, 0.9999, gradients));
        time("fill", k -> k.fill(0, gradients));
    }

    private void attention(String name, int batch, int heads, int depth) {
        int width = heads * depth;
        Tensor qkv = normal(batch, TOKENS, 3 * width);
        Tensor y = normal(batch, TOKENS, width);
        Tensor logSumExp = backend.allocate(batch, heads, TOKENS);
        Tensor dQkv = backend.allocate(batch, TOKENS, 3 * width);
        time(name, k -> k.attention(qkv, heads, y, logSumExp));
        time(name + " back", k -> k.attentionBackward(y, qkv, y, logSumExp, heads, dQkv));
    }

    private void time(String name, Consumer<Kernels> launches) {
        if (!name.contains(only)) {
            return;
        }
        Launch launch = ((JvmProgram) backend.record(name, launches)).launches().getFirst();
        double[] seconds = new double[rounds];
        for (int warmUp = 0; warmUp < rounds; warmUp++) {
            repeat(launch, 1);
        }
        int repeats = (int) Math.max(1, Math.ceil(0.01 / repeat(launch, 5)));
        for (int i = 0; i < rounds; i++) {
            seconds[i] = repeat(launch, repeats);
        }
        Arrays.sort(seconds);
        double median = seconds[rounds / 2];
        System.out.printf(
                "%-28s %10.4f %10.4f %9.1f %8.1f%n",
                name,
                median * 1e3,
                seconds[0] * 1e3,
                launch.flops() / median / 1e9,
                launch.bytes() / median / 1e9);
    }

    private static double repeat(Launch launch, int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            launch.run();
        }
        return (System.nanoTime() - start) * 1e-9 / times;
    }

    private Tensor normal(int... shape) {
        Tensor tensor = backend.allocate(shape);
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return tensor.set(values);
    }
}
