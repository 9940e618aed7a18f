package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Philox;
import dev.getj.kernels.tensor.Tensor;

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
        private final float[] radii = new float[PAIRS];
        private final float[] turns = new float[PAIRS];
        private final float[] even = new float[PAIRS];
        private final float[] odd = new float[PAIRS];

        void draw(int[] keys, long sample, int counter) {
            int low = (int) sample;
            int high = (int) (sample >>> 32);
            for (int p = 0; p < PAIRS; p += 2) {
                Philox.generate(counter + p / 2, low, high, keys[2], keys[0], keys[1], words);
                radii[p] = Philox.uniform(words[0]);
                turns[p] = Philox.uniform(words[1]);
                radii[p + 1] = Philox.uniform(words[2]);
                turns[p + 1] = Philox.uniform(words[3]);
            }
            radii(radii);
            cosines(turns, radii, even);
            sines(turns, radii, odd);
        }

        void write(float[] target, int at, int count) {
            for (int i = 0; i < count; i++) {
                target[at + i] = i % 2 == 0 ? even[i / 2] : odd[i / 2];
            }
        }
    }

    // √(−2 ln u). A loop for each function: together they would be too much for the compiler to
    // inline, and then every vector would be an object.
    private static void radii(float[] u) {
        for (int p = 0; p < PAIRS; p += LANES) {
            FloatVector log = VectorMath.log(FloatVector.fromArray(SPECIES, u, p));
            log.mul(-2f).lanewise(VectorOperators.SQRT).intoArray(u, p);
        }
    }

    private static void cosines(float[] turns, float[] radii, float[] y) {
        for (int p = 0; p < PAIRS; p += LANES) {
            FloatVector cosine = VectorMath.cosTurns(FloatVector.fromArray(SPECIES, turns, p));
            cosine.mul(FloatVector.fromArray(SPECIES, radii, p)).intoArray(y, p);
        }
    }

    private static void sines(float[] turns, float[] radii, float[] y) {
        for (int p = 0; p < PAIRS; p += LANES) {
            FloatVector sine = VectorMath.sinTurns(FloatVector.fromArray(SPECIES, turns, p));
            sine.mul(FloatVector.fromArray(SPECIES, radii, p)).intoArray(y, p);
        }
    }
}
