package example;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.solver.DifferentiableMap;
import dev.getj.solver.Linearization;

/** {@code f(z) = gelu(z W₁ᵀ) W₂ᵀ + x}, recorded as launches: it runs wherever the backend runs. */
public final class MlpEquilibrium implements DifferentiableMap {
    private final Backend backend;
    private final int samples;
    private final int width;
    private final int hidden;

    /** The parameters [H, D] and [D, H], the input [B, D]. */
    public final Tensor w1;

    public final Tensor w2;
    public final Tensor x;

    /** Their gradients, to which every backward pass adds. */
    public final Tensor dW1;

    public final Tensor dW2;
    public final Tensor dX;

    private final Tensor state;
    private final Tensor next;
    private final Program pass;

    public MlpEquilibrium(Backend backend, int samples, int width, int hidden) {
        this.backend = backend;
        this.samples = samples;
        this.width = width;
        this.hidden = hidden;
        w1 = backend.allocate(hidden, width);
        dW1 = backend.allocate(hidden, width);
        w2 = backend.allocate(width, hidden);
        dW2 = backend.allocate(width, hidden);
        x = backend.allocate(samples, width);
        dX = backend.allocate(samples, width);
        state = backend.allocate(samples, width);
        next = backend.allocate(samples, width);
        Tensor h = backend.allocate(samples, hidden);
        pass =
                backend.record(
                        "pass",
                        k -> {
                            k.linearGelu(state, w1, null, null, h);
                            k.linearResidual(h, w2, null, x, next);
                        });
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
    public void apply() {
        pass.run();
    }

    @Override
    public Linearization linearization() {
        return new AtOneState();
    }

    private final class AtOneState implements Linearization {
        private final Tensor z = backend.allocate(samples, width);
        private final Tensor fz = backend.allocate(samples, width);
        private final Tensor v = backend.allocate(samples, width);
        private final Tensor product = backend.allocate(samples, width);
        private final Program evaluate;
        private final Program pullBack;
        private final Program accumulate;

        AtOneState() {
            Tensor pre = backend.allocate(samples, hidden);
            Tensor h = backend.allocate(samples, hidden);
            Tensor dPre = backend.allocate(samples, hidden);
            evaluate =
                    backend.record(
                            "evaluate",
                            k -> {
                                k.linearGelu(z, w1, null, pre, h);
                                k.linearResidual(h, w2, null, x, fz);
                            });
            pullBack =
                    backend.record(
                            "pull back",
                            k -> {
                                k.linearGeluBackwardInput(v, w2, pre, dPre);
                                k.linearBackwardInput(dPre, w1, product);
                            });
            accumulate =
                    backend.record(
                            "accumulate",
                            k -> {
                                k.linearBackwardWeight(v, h, dW2, null);
                                k.linearBackwardWeight(dPre, z, dW1, null);
                                k.add(v, dX);
                            });
        }

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
            return v;
        }

        @Override
        public Tensor product() {
            return product;
        }

        @Override
        public void evaluate() {
            evaluate.run();
        }

        @Override
        public void pullBack() {
            pullBack.run();
        }

        @Override
        public void pullBackAll() {
            pullBack.run();
            accumulate.run();
        }
    }
}
