package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Tensor;

import java.util.function.UnaryOperator;

/**
 * A map that a test computes on the heap, row by row: row b of the batch becomes {@code
 * f.apply(row)}.
 */
record HostMap(Backend backend, Tensor state, Tensor next, UnaryOperator<float[]> function)
        implements FixedPointMap {
    static HostMap of(Backend backend, int samples, int elements, UnaryOperator<float[]> function) {
        return new HostMap(
                backend,
                backend.allocate(samples, elements),
                backend.allocate(samples, elements),
                function);
    }

    @Override
    public void apply() {
        float[] rows = state.get();
        int length = state.dim(1);
        for (int b = 0; b < state.dim(0); b++) {
            float[] row = new float[length];
            System.arraycopy(rows, b * length, row, 0, length);
            System.arraycopy(function.apply(row), 0, rows, b * length, length);
        }
        next.set(rows);
    }
}
