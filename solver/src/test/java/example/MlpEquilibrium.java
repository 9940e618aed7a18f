package example;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.DifferentiableMap;
import dev.getj.solver.FixedPointMap;
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
    public FixedPointMap evaluation() {
        return new Evaluation();
    }

    @Override
    public Linearization linearization(Tensor z, Tensor gradient) {
        return new AtOneState(z, gradient);
    }

    private final class Evaluation implements FixedPointMap {
        private final Tensor z = backend.allocate(samples, width);
        private final Tensor fz = backend.allocate(samples, width);
        private final Tensor h = backend.allocate(samples, hidden);
        private final Program pass =
                backend.record(
                        "pass",
                        k -> {
                            k.linearGelu(z, w1, null, null, h);
                            k.linearResidual(h, w2, null, x, fz);
                        });

        @Override
        public Backend backend() {
            return backend;
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
        public void apply() {
            pass.run();
        }
    }

    private final class AtOneState implements Linearization {
        private final Tensor fz = backend.allocate(samples, width);
        private final Program evaluate;
        private final Program pullBack;
        private final Program accumulate;

        // d holds v before, and vᵀ ∂f/∂z after
        AtOneState(Tensor z, Tensor d) {
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
                                k.linearGeluBackwardInput(d, w2, pre, dPre);
                                k.linearBackwardInput(dPre, w1, d);
                            });
            accumulate =
                    backend.record(
                            "accumulate",
                            k -> {
                                k.linearGeluBackwardInput(d, w2, pre, dPre);
                                k.linearBackwardWeight(d, h, dW2, null);
                                k.linearBackwardWeight(dPre, z, dW1, null);
                                k.add(d, dX);
                            });
        }

        @Override
        public Tensor next() {
            return fz;
        }

        @Override
        public void evaluate() {
            evaluate.run();
        }

        @Override
        public Runnable pullBack() {
            return pullBack::run;
        }

        @Override
        public Runnable pullBackAll() {
            return () -> {
                accumulate.run();
                pullBack.run();
            };
        }
    }
}
