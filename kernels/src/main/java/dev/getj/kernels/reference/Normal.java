package dev.getj.kernels.reference;

import dev.getj.kernels.tensor.Philox;
import dev.getj.kernels.tensor.Tensor;

/** Standard normal variates by Philox and the Box–Muller transform. */
final class Normal {
    private Normal() {}

    // key [5]: seed low, seed high, stream, first sample low, first sample high; y [B, …]
    static void fill(int[] key, Tensor y) {
        long first = key[3] & 0xFFFFFFFFL | (long) key[4] << 32;
        int length = y.size() / y.dim(0);
        int[] words = new int[4];
        for (int b = 0; b < y.dim(0); b++) {
            long sample = first + b;
            for (int e = 0; e < length; e++) {
                Philox.generate(
                        e / 4, (int) sample, (int) (sample >>> 32), key[2], key[0], key[1], words);
                double radius = Math.sqrt(-2 * Math.log(Philox.uniform(words[e % 4 / 2 * 2])));
                double angle = 2 * Math.PI * Philox.uniform(words[e % 4 / 2 * 2 + 1]);
                DoubleBuffer.set(
                        y,
                        b * length + e,
                        radius * (e % 2 == 0 ? Math.cos(angle) : Math.sin(angle)));
            }
        }
    }
}
