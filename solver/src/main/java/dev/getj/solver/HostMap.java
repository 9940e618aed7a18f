package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Tensor;

import java.util.Arrays;

/**
 * A map that is stated in plain Java ({@link VectorFunction}, or {@link HostFunction} where its
 * operations do not suffice) and solved on any backend. The numbers travel to the heap and back for
 * each evaluation, so this is for small problems, for trying things out and for tests; a large f is
 * recorded as a program of the backend.
 */
public final class HostMap implements DifferentiableMap {
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
            if (wanted == null || wanted[b]) {
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
    public Linearization linearization() {
        return new AtOneState();
    }

    private final class AtOneState implements Linearization {
        private final Tensor z = backend.allocate(state.shape());
        private final Tensor fz = backend.allocate(state.shape());
        private final Tensor cotangent = backend.allocate(state.shape());
        private final Tensor product = backend.allocate(state.shape());

        @Override
        public Tensor state() {
            return z;
        }

        @Override
        public Tensor next() {
            return fz;
        }

        @Override
        public Tensor cotangent() {
            return cotangent;
        }

        @Override
        public Tensor product() {
            return product;
        }

        @Override
        public void evaluate() {
            HostMap.this.evaluate(z, fz, null);
        }

        @Override
        public void pullBack() {
            pullBack(false);
        }

        @Override
        public void pullBackAll() {
            pullBack(true);
        }

        private void pullBack(boolean all) {
            int length = z.dim(1);
            double[] states = Doubles.get(z);
            double[] values = Doubles.get(fz);
            double[] vectors = Doubles.get(cotangent);
            double[] products = new double[states.length];
            for (int b = 0; b < z.dim(0); b++) {
                double[] zb = row(states, b, length);
                double[] next = row(values, b, length);
                double[] v = row(vectors, b, length);
                double[] result = new double[length];
                function.pullBack(b, zb, next, v, result);
                System.arraycopy(result, 0, products, b * length, length);
                if (all) {
                    function.accumulate(b, zb, next, v);
                }
            }
            Doubles.set(product, products);
        }
    }
}
