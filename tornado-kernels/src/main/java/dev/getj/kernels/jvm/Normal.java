package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.HostInts;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Philox;
import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Standard normal variates: Philox words one after the other, Box–Muller a vector at a time. */
final class Normal {
    /** Elements of a task: a multiple of 4 (one Philox counter) and of two vectors of any width. */
    private static final int BLOCK = 1024;

    private static final int PAIRS = BLOCK / 2;

    private Normal() {}

    // key [5]: seed low, seed high, stream, first sample low, first sample high; y [B, L]
    static Runnable fill(Workers workers, IntTensor key, Tensor y) {
        int[] keys = HostInts.of(key);
        float[] target = JvmBuffer.of(y).values;
        int samples = y.dim(0);
        int length = y.size() / samples;
        int blocks = (length + BLOCK - 1) / BLOCK;
        Pairs[] pairs = new Pairs[workers.count()];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new Pairs();
        }
        Workers.Task task =
                (index, worker) -> {
                    int b = index / blocks;
                    int start = index % blocks * BLOCK;
                    long sample = (keys[3] & 0xFFFFFFFFL | (long) keys[4] << 32) + b;
                    pairs[worker].draw(keys, sample, start / 4);
                    pairs[worker].write(
                            target,
                            y.offset() + b * length + start,
                            Math.min(BLOCK, length - start));
                };
        return () -> workers.run(samples * blocks, task);
    }

    /** A block of variates: pairs of uniforms, turned into pairs of normals. */
    private static final class Pairs {
        private final int[] words = new int[4];
        private final float[] first = new float[PAIRS];
        private final float[] second = new float[PAIRS];

        void draw(int[] keys, long sample, int counter) {
            for (int p = 0; p < PAIRS; p += 2) {
                Philox.generate(
                        counter + p / 2,
                        (int) sample,
                        (int) (sample >>> 32),
                        keys[2],
                        keys[0],
                        keys[1],
                        words);
                first[p] = Philox.uniform(words[0]);
                second[p] = Philox.uniform(words[1]);
                first[p + 1] = Philox.uniform(words[2]);
                second[p + 1] = Philox.uniform(words[3]);
            }
            for (int p = 0; p < PAIRS; p += LANES) {
                FloatVector log = VectorMath.log(FloatVector.fromArray(SPECIES, first, p));
                FloatVector radius = log.mul(-2f).lanewise(VectorOperators.SQRT);
                FloatVector turn = FloatVector.fromArray(SPECIES, second, p);
                VectorMath.cosTurns(turn).mul(radius).intoArray(first, p);
                VectorMath.sinTurns(turn).mul(radius).intoArray(second, p);
            }
        }

        void write(float[] target, int at, int count) {
            for (int i = 0; i < count; i++) {
                target[at + i] = i % 2 == 0 ? first[i / 2] : second[i / 2];
            }
        }
    }
}
