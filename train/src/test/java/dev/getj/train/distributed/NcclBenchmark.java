package dev.getj.train.distributed;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long NCCL takes for a gradient in the host's memory: {@code java … NcclBenchmark FLOATS}. The
 * sum is of one rank, so what is measured is the way to the device and back.
 */
final class NcclBenchmark {
    private static final int RUNS = 12;

    private NcclBenchmark() {}

    public static void main(String[] args) {
        float[] values = new float[Integer.parseInt(args[0])];
        Arrays.fill(values, 1);
        Rank rank = new Rank(0, 1, 0, 1, Rank.Starter.TORCHRUN);
        NativeThread thread = new NativeThread();
        double[] weights = {1};
        double[] milliseconds = new double[RUNS];
        try (Hub hub = new Hub(rank, List.of(), Hub.PATIENCE)) {
            Nccl nccl = thread.call(() -> Nccl.join(rank, hub));
            for (int i = 0; i < RUNS; i++) {
                long begin = System.nanoTime();
                thread.call(
                        () -> {
                            nccl.sum(values, weights);
                            return true;
                        });
                milliseconds[i] = (System.nanoTime() - begin) * 1e-6;
            }
            thread.call(
                    () -> {
                        nccl.copyFromFirst(values);
                        nccl.close();
                        return true;
                    });
        }
        for (float value : values) {
            if (value != 1) {
                throw new IllegalStateException("a sum of one rank changed: " + value);
            }
        }
        Arrays.sort(milliseconds);
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "NCCL, %d floats (%.1f MB) of the host: median %.2f ms, least %.2f ms",
                        values.length,
                        values.length * 4e-6,
                        milliseconds[RUNS / 2],
                        milliseconds[0]));
    }
}
