package dev.getj.kernels.selftest;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Buffer;
import dev.getj.kernels.Tensor;

import java.util.Random;

/**
 * The tensors of all launches, in a few buffers: those of one launch in different ones, except
 * parameters, which lie in one together, as in a network. The same numbers on every backend.
 */
final class Operands {
    /** A launch has at most so many operands apart. */
    private static final int BUFFERS = 6;

    private final Tensor[] buffers = new Tensor[BUFFERS];
    private final float[][] values = new float[BUFFERS][];
    private final int[] used = new int[BUFFERS];
    private final Random random = new Random(7);

    private Operands() {}

    /** Buffers without memory, to find out how large they must be. */
    static Operands unbacked() {
        Operands operands = new Operands();
        for (int i = 0; i < BUFFERS; i++) {
            operands.buffers[i] = new Tensor(new Unbacked(), 0, Integer.MAX_VALUE - 16);
        }
        return operands;
    }

    /** Buffers on {@code backend}, as large as those of {@code measured} were used. */
    static Operands on(Backend backend, Operands measured) {
        Operands operands = new Operands();
        for (int i = 0; i < BUFFERS; i++) {
            operands.buffers[i] = backend.allocate(measured.used[i]);
            operands.values[i] = new float[measured.used[i]];
        }
        return operands;
    }

    /** A tensor in buffer {@code index} with normal variates. */
    Tensor normal(int index, int... shape) {
        Tensor tensor = take(index, shape);
        float[] target = values[index];
        if (target != null) {
            int at = tensor.offset() - buffers[index].offset();
            for (int i = 0; i < tensor.size(); i++) {
                target[at + i] = (float) random.nextGaussian();
            }
        }
        return tensor;
    }

    /** A tensor in buffer {@code index} that holds {@code given}, over and over. */
    Tensor of(int index, double[] given, int... shape) {
        Tensor tensor = take(index, shape);
        float[] target = values[index];
        if (target != null) {
            int at = tensor.offset() - buffers[index].offset();
            for (int i = 0; i < tensor.size(); i++) {
                target[at + i] = (float) given[i % given.length];
            }
        }
        return tensor;
    }

    private Tensor take(int index, int... shape) {
        Tensor tensor = buffers[index].view(used[index], shape);
        used[index] += tensor.size();
        return tensor;
    }

    /** Brings the numbers into the tensors. */
    void upload() {
        for (int i = 0; i < BUFFERS; i++) {
            buffers[i].set(values[i]);
        }
    }

    private static final class Unbacked implements Buffer {
        @Override
        public int size() {
            return Integer.MAX_VALUE - 16;
        }

        @Override
        public void write(int at, float[] source, int from, int count) {
            throw new UnsupportedOperationException("there is no memory");
        }

        @Override
        public void read(int at, float[] target, int to, int count) {
            throw new UnsupportedOperationException("there is no memory");
        }
    }
}
