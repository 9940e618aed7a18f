package dev.getj.kernels.op;

import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * What solvers and samplers do with states: copies and linear combinations, random numbers, norms
 * and histories. B samples lie in the first dimension. See {@code docs/kernels/states.md}.
 */
public sealed interface StateOp extends Operation {

    /** Sets every element to {@code value}. */
    record Fill(float value, Tensor y) implements StateOp {
        @Override
        public String name() {
            return "fill";
        }

        @Override
        public List<Operand> operands() {
            return new Operands().writes("y", y).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** {@code y[:, column … column + count) = value}; y [R, O], of which the rest stays as it is. */
    record FillColumns(float value, Tensor y, int column, int count) implements StateOp {
        private static final String NAME = "fillColumns";

        public FillColumns {
            if (column < 0 || count < 1 || column > y.dim(-1) - count) {
                throw new IllegalArgumentException(
                        "%s: columns %s to %s are not in y, which is %s"
                                .formatted(NAME, column, column + count, y));
            }
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().updates("y", y, (long) y.rows() * count).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** {@code y = x}. */
    record Copy(Tensor x, Tensor y) implements StateOp {
        private static final String NAME = "copy";

        public Copy {
            Check.size(NAME, "y", y, x.size());
            Check.apart(NAME, "x", x, "y", y);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("x", x).writes("y", y).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** {@code y = x} in y's type, rounded to nearest, ties to even. Takes every type. */
    record Cast(Tensor x, Tensor y) implements StateOp {
        private static final String NAME = "cast";

        public Cast {
            Check.size(NAME, "y", y, x.size());
            Check.apart(NAME, "x", x, "y", y);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("x", x).writes("y", y).list();
        }

        @Override
        public double flops() {
            return 0;
        }

        @Override
        public void checkTypes() {}
    }

    /** {@code y += x}. */
    record Add(Tensor x, Tensor y) implements StateOp {
        private static final String NAME = "add";

        public Add {
            Check.size(NAME, "y", y, x.size());
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("x", x).updates("y", y).list();
        }

        @Override
        public double flops() {
            return y.size();
        }
    }

    /** {@code y = a·x + b·y}: damped updates. */
    record Mix(float a, Tensor x, float b, Tensor y) implements StateOp {
        private static final String NAME = "mix";

        public Mix {
            Check.size(NAME, "y", y, x.size());
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("x", x).updates("y", y).list();
        }

        @Override
        public double flops() {
            return 3.0 * y.size();
        }
    }

    /** Entries of the key of {@link Normal}. */
    int NORMAL_KEY = 5;

    /**
     * Standard normal variates from Philox4x32-10 and Box–Muller. Element e of sample i depends on
     * seed, stream, i and e alone: counter = (e/4, i low, i high, stream), key = (seed low, seed
     * high). {@code key} [5] holds seed low, seed high, stream, first sample low, first sample
     * high; sample {@code first + b} fills row b of y [B, …].
     */
    record Normal(IntTensor key, Tensor y) implements StateOp {
        private static final String NAME = "normal";

        public Normal {
            Check.require(
                    key.size() == NORMAL_KEY,
                    NAME,
                    "the key has %d entries, not %d",
                    key.size(),
                    NORMAL_KEY);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().writes("y", y).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /**
     * Per-sample norms that solvers stop on: next is f(z) and previous z, both [B, …]; norms [B, 2]
     * receives (‖f(z) − z‖₂, ‖f(z)‖₂).
     */
    record ResidualNorms(Tensor next, Tensor previous, Tensor norms) implements StateOp {
        private static final String NAME = "residualNorms";

        public ResidualNorms {
            Check.size(NAME, "previous", previous, next.size());
            Check.size(NAME, "norms", norms, 2 * next.dim(0));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("next", next)
                    .reads("previous", previous)
                    .writes("norms", norms)
                    .list();
        }

        @Override
        public double flops() {
            return 5.0 * next.size();
        }
    }

    /** Copies the chosen samples: {@code to[b] = from[b]} where {@code chosen[b] ≠ 0}. */
    record Select(IntTensor chosen, Tensor from, Tensor to) implements StateOp {
        private static final String NAME = "select";

        public Select {
            Check.size(NAME, "to", to, from.size());
            Check.require(
                    chosen.size() == from.dim(0),
                    NAME,
                    "%d choices for %d samples",
                    chosen.size(),
                    from.dim(0));
            Check.apart(NAME, "from", from, "to", to);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("from", from).writes("to", to).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** Added to the norm that a relative residual is divided by. */
    float RESIDUAL_EPSILON = 1e-9f;

    /**
     * Keeps each sample's best iterate: where its residual is lower than {@code lowest[b]}, which a
     * NaN never is, {@code best[b] = candidate[b]} and {@code lowest[b]} is that residual. {@code
     * norms} [B, 2] is as {@link ResidualNorms} leaves it; the residual is ‖f(z) − z‖₂ / (‖f(z)‖₂ +
     * 1e-9) where {@code relative}, else ‖f(z) − z‖₂ itself.
     */
    record KeepBest(Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best)
            implements StateOp {
        private static final String NAME = "keepBest";

        public KeepBest {
            Check.size(NAME, "norms", norms, 2 * candidate.dim(0));
            Check.size(NAME, "lowest", lowest, candidate.dim(0));
            Check.size(NAME, "best", best, candidate.size());
            Check.apart(NAME, "lowest", lowest, "norms", norms);
            Check.apart(NAME, "best", best, "candidate", candidate);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("norms", norms)
                    .reads("candidate", candidate)
                    .updates("lowest", lowest)
                    .writes("best", best)
                    .list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /**
     * The end of an undamped step of a fixed-point iteration: {@link ResidualNorms}, {@link
     * KeepBest} of {@code next}, and {@code state = next}.
     *
     * @param next f(state), [B, …]
     * @param norms [B, 2], written
     */
    record Advance(
            Tensor next, Tensor state, Tensor norms, boolean relative, Tensor lowest, Tensor best)
            implements StateOp {
        private static final String NAME = "advance";

        public Advance {
            Check.size(NAME, "state", state, next.size());
            Check.size(NAME, "norms", norms, 2 * next.dim(0));
            Check.size(NAME, "lowest", lowest, next.dim(0));
            Check.size(NAME, "best", best, next.size());
            Check.apart(NAME, "state", state, "next", next);
            Check.apart(NAME, "best", best, "next", next);
            Check.apart(NAME, "best", best, "state", state);
            Check.apart(NAME, "lowest", lowest, "norms", norms);
        }

        /** The operations that it stands for, in order. */
        public ResidualNorms measure() {
            return new ResidualNorms(next, state, norms);
        }

        public KeepBest keep() {
            return new KeepBest(norms, relative, lowest, next, best);
        }

        public Copy move() {
            return new Copy(next, state);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("next", next)
                    .updates("state", state)
                    .writes("norms", norms)
                    .updates("lowest", lowest)
                    .writes("best", best)
                    .list();
        }

        @Override
        public double flops() {
            return 5.0 * next.size();
        }
    }

    /**
     * Per-sample inner products of a state with a history of states: {@code dots[b, j] =
     * ⟨history[j, b], x[b]⟩}: history [M, B, …], x [B, …], dots [B, M].
     */
    record InnerProducts(Tensor history, Tensor x, Tensor dots) implements StateOp {
        private static final String NAME = "innerProducts";

        public InnerProducts {
            checkHistory(NAME, history, "x", x, "dots", dots);
            Check.apart(NAME, "dots", dots, "history", history);
            Check.apart(NAME, "dots", dots, "x", x);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("history", history)
                    .reads("x", x)
                    .writes("dots", dots)
                    .list();
        }

        @Override
        public double flops() {
            return 2.0 * history.size();
        }
    }

    /**
     * Per-sample linear combinations of a history of states: {@code y[b] = beta·y[b] + Σ_j
     * coefficients[b, j] · history[j, b]}, j in order: coefficients [B, M], history [M, B, …], y
     * [B, …]. What a coefficient of 0 belongs to is left out, whatever it holds, and with {@code
     * beta = 0} so is what y held: a NaN is not passed on.
     */
    record Combine(Tensor coefficients, Tensor history, float beta, Tensor y) implements StateOp {
        private static final String NAME = "combine";

        public Combine {
            checkHistory(NAME, history, "y", y, "coefficients", coefficients);
            Check.apart(NAME, "y", y, "history", history);
            Check.apart(NAME, "y", y, "coefficients", coefficients);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            Operands operands =
                    new Operands().reads("coefficients", coefficients).reads("history", history);
            return (beta == 0 ? operands.writes("y", y) : operands.updates("y", y)).list();
        }

        @Override
        public double flops() {
            return 2.0 * history.size();
        }
    }

    private static void checkHistory(
            String operation, Tensor history, String name, Tensor state, String per, Tensor each) {
        Check.require(
                history.rank() >= 2 && history.dim(1) == state.dim(0),
                operation,
                "history %s holds no states of %d samples",
                history,
                state.dim(0));
        Check.size(operation, name, state, history.size() / history.dim(0));
        Check.size(operation, per, each, history.dim(0) * state.dim(0));
    }
}
