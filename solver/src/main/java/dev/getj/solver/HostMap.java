package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * A map that is stated in plain Java ({@link VectorFunction}, or {@link HostFunction} where its
 * operations do not suffice) and solved on any backend. The numbers travel to the heap and back for
 * each evaluation, so this is for small problems, for trying things out and for tests; a large f is
 * recorded as a program of the backend.
 */
public final class HostMap implements FixedPointMap, DifferentiableMap {
    private final Backend backend;
    private final HostFunction function;
    private final Tensor state;
    private final Tensor next;
    private final boolean[] wanted;

    private HostMap(Backend backend, HostFunction function, int samples, int elements) {
        this.backend = backend;
        this.function = function;
        state = backend.allocate(samples, elements);
        next = backend.allocate(samples, elements);
        wanted = new boolean[samples];
        Arrays.fill(wanted, true);
    }

    /**
     * @param samples B, how many problems are solved side by side
     * @param elements numbers in the state of one sample
     */
    public static HostMap of(Backend backend, int samples, int elements, HostFunction function) {
        return new HostMap(backend, function, samples, elements);
    }

    /**
     * A map whose gradients come by themselves, to the {@link Parameter}s that f was made of.
     *
     * @param samples B, how many problems are solved side by side
     * @param elements numbers in the state of one sample
     */
    public static HostMap of(Backend backend, int samples, int elements, VectorFunction function) {
        return of(backend, samples, elements, new RecordedFunction(function));
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor state() {
        return state;
    }

    @Override
    public Tensor next() {
        return next;
    }

    @Override
    public void only(boolean[] wanted) {
        System.arraycopy(wanted, 0, this.wanted, 0, wanted.length);
    }

    @Override
    public void apply() {
        evaluate(state, next, wanted);
    }

    private void evaluate(Tensor from, Tensor to, boolean[] wanted) {
        double[] z = Doubles.get(from);
        double[] fz = Doubles.get(to);
        int length = from.dim(1);
        for (int b = 0; b < from.dim(0); b++) {
            if (wanted[b]) {
                double[] value = new double[length];
                function.value(b, row(z, b, length), value);
                System.arraycopy(value, 0, fz, b * length, length);
            }
        }
        Doubles.set(to, fz);
    }

    private static double[] row(double[] rows, int b, int length) {
        return Arrays.copyOfRange(rows, b * length, (b + 1) * length);
    }

    @Override
    public FixedPointMap evaluation() {
        return new HostMap(backend, function, state.dim(0), state.dim(1));
    }

    @Override
    public Linearization linearization(Tensor z, Tensor gradient) {
        return new AtOneState(z, gradient);
    }

    private final class AtOneState implements Linearization {
        private final Tensor z;
        private final Tensor gradient;
        private final Tensor fz = backend.allocate(state.shape());
        private final boolean[] all = new boolean[state.dim(0)];

        AtOneState(Tensor z, Tensor gradient) {
            this.z = z;
            this.gradient = gradient;
            Arrays.fill(all, true);
        }

        @Override
        public Tensor next() {
            return fz;
        }

        @Override
        public void evaluate() {
            HostMap.this.evaluate(z, fz, all);
        }

        @Override
        public Runnable pullBack() {
            return () -> pullBack(false);
        }

        @Override
        public Runnable pullBackAll() {
            return () -> pullBack(true);
        }

        private void pullBack(boolean parameters) {
            int length = z.dim(1);
            double[] states = Doubles.get(z);
            double[] values = Doubles.get(fz);
            double[] vectors = Doubles.get(gradient);
            double[] products = new double[states.length];
            for (int b = 0; b < z.dim(0); b++) {
                double[] zb = row(states, b, length);
                double[] next = row(values, b, length);
                double[] v = row(vectors, b, length);
                double[] result = new double[length];
                function.pullBack(b, zb, next, v, result);
                System.arraycopy(result, 0, products, b * length, length);
                if (parameters) {
                    function.accumulate(b, zb, next, v);
                }
            }
            Doubles.set(gradient, products);
        }
    }
}
