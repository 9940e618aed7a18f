package dev.getj.solver;

import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.tensor.Tensor;

/** Elements of tensors at the precision of their backend: the reference backend holds doubles. */
final class Doubles {
    private Doubles() {}

    static double[] get(Tensor tensor) {
        double[] values = new double[tensor.size()];
        if (tensor.buffer() instanceof DoubleBuffer) {
            for (int i = 0; i < values.length; i++) {
                values[i] = DoubleBuffer.get(tensor, i);
            }
        } else {
            float[] floats = tensor.get();
            for (int i = 0; i < values.length; i++) {
                values[i] = floats[i];
            }
        }
        return values;
    }

    static void set(Tensor tensor, double[] values) {
        if (tensor.buffer() instanceof DoubleBuffer) {
            for (int i = 0; i < values.length; i++) {
                DoubleBuffer.set(tensor, i, values[i]);
            }
        } else {
            float[] floats = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                floats[i] = (float) values[i];
            }
            tensor.set(floats);
        }
    }
}
