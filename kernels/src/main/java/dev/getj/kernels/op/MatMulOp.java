package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/**
 * Linear layers, forward and backward. R rows (batch × tokens), I inputs, O outputs; the weight is
 * [O, I]. Derivations: {@code docs/kernels/linear.md}.
 */
public sealed interface MatMulOp extends Operation {

    /**
     * The two factors, the result that may be rounded to their type, what is injected into that,
     * and what is saved for, or read by, the derivative of GELU; gradients of parameters and
     * injections are added up in float.
     */
    @Override
    default List<String> halves() {
        return switch (this) {
            case Linear _, LinearResidual _ -> List.of("x", "weight", "y");
            case LinearInjected _ -> List.of("x", "weight", "injection", "y");
            case LinearGelu _ -> List.of("x", "weight", "preActivation", "y");
            case LinearBackwardInput _ -> List.of("dY", "weight", "dX");
            case LinearGeluBackwardInput _ ->
                    List.of("dY", "weight", "preActivation", "dPreActivation");
            case LinearBackwardWeight _ -> List.of("dY", "x");
            case InjectionBackward _ -> List.of("dY");
        };
    }

    /** The names of what is multiplied: none where rows are only added up. */
    private List<String> factors() {
        return switch (this) {
            case Linear _, LinearGelu _, LinearResidual _, LinearInjected _ ->
                    List.of("x", "weight");
            case LinearBackwardInput _, LinearGeluBackwardInput _ -> List.of("dY", "weight");
            case LinearBackwardWeight _ -> List.of("dY", "x");
            case InjectionBackward _ -> List.of();
        };
    }

    /** True if the factors have 16 bits; sums are float nevertheless. */
    default boolean mixed() {
        return !factors().isEmpty() && operands().getFirst().tensor().dtype().isHalf();
    }

    /** Under a name of its own where the factors have 16 bits. */
    @Override
    default Cost cost() {
        Cost cost = Operation.super.cost();
        if (!mixed()) {
            return cost;
        }
        String name = name() + " " + operands().getFirst().tensor().dtype();
        return new Cost(name, cost.flops(), cost.bytes(), true);
    }

    @Override
    default void checkTypes() {
        Operation.super.checkTypes();
        if (factors().isEmpty()) {
            return;
        }
        for (Operand operand : operands()) {
            boolean half = operand.tensor().dtype().isHalf();
            if (factors().contains(operand.name())) {
                Check.require(
                        half == mixed(),
                        name(),
                        "%s is %s, the other factor is %s",
                        operand.name(),
                        operand.tensor().dtype(),
                        operands().getFirst().tensor().dtype());
            } else {
                Check.require(
                        mixed() || !half,
                        name(),
                        "%s is %s, but the factors are not",
                        operand.name(),
                        operand.tensor().dtype());
            }
        }
    }

    /** {@code y = x Wᵀ + b}: x [R, I], weight [O, I], bias [O], y [R, O]. */
    record Linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor y) implements MatMulOp {
        private static final String NAME = "linear";

        public Linear {
            check(NAME, x, weight, bias, y);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return inputs(x, weight, bias).writes("y", y).list();
        }

        @Override
        public double flops() {
            return product(x, weight);
        }
    }

    /**
     * {@code y = gelu(x Wᵀ + b)}, the exact erf form. {@code preActivation} [R, O] receives {@code
     * x Wᵀ + b} for the backward pass; it has 16 bits only if y has.
     */
    record LinearGelu(
            Tensor x,
            Tensor weight,
            Optional<Tensor> bias,
            Optional<Tensor> preActivation,
            Tensor y)
            implements MatMulOp {
        private static final String NAME = "linearGelu";

        public LinearGelu {
            check(NAME, x, weight, bias, y);
            preActivation.ifPresent(
                    pre -> {
                        Check.size(NAME, "preActivation", pre, y.size());
                        Check.apart(NAME, "preActivation", pre, "y", y);
                    });
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return inputs(x, weight, bias)
                    .writes("preActivation", preActivation)
                    .writes("y", y)
                    .list();
        }

        @Override
        public void checkTypes() {
            MatMulOp.super.checkTypes();
            preActivation.ifPresent(it -> checkRounded(NAME, "preActivation", it, y));
        }

        @Override
        public double flops() {
            return product(x, weight);
        }
    }

    /**
     * {@code y = residual + x Wᵀ + b}. The residual is [R, O], or [N, O] with R a multiple of N,
     * which is then repeated (positional embedding); it may be {@code y} itself.
     */
    record LinearResidual(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor residual, Tensor y)
            implements MatMulOp {
        private static final String NAME = "linearResidual";

        public LinearResidual {
            check(NAME, x, weight, bias, y);
            Check.columns(NAME, "residual", residual, weight.dim(0));
            Check.require(
                    y.rows() % residual.rows() == 0,
                    NAME,
                    "residual has %d rows, y has %d: not a multiple",
                    residual.rows(),
                    y.rows());
            Check.require(
                    residual.offset() == y.offset() && residual.size() == y.size()
                            || !residual.overlaps(y),
                    NAME,
                    "residual must be y itself or apart from it");
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return inputs(x, weight, bias).reads("residual", residual).writes("y", y).list();
        }

        @Override
        public double flops() {
            return product(x, weight);
        }
    }

    /**
     * {@code y = x Wᵀ + b + injection[:, column … column + O) + condition[sample]}: the qkv
     * projection with its two additive injections. The injection is [R, J] with J ≥ column + O, and
     * may have 16 bits if y has; the condition is [B, O], row r uses sample r / (R/B).
     */
    record LinearInjected(
            Tensor x,
            Tensor weight,
            Optional<Tensor> bias,
            Optional<Tensor> injection,
            int column,
            Optional<Tensor> condition,
            Tensor y)
            implements MatMulOp {
        private static final String NAME = "linearInjected";

        public LinearInjected {
            check(NAME, x, weight, bias, y);
            injection.ifPresent(it -> Check.apart(NAME, "injection", it, "y", y));
            checkInjection(NAME, y, injection, column, condition);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            Operands operands = inputs(x, weight, bias);
            injection.ifPresent(it -> operands.reads("injection", it, y.size()));
            return operands.reads("condition", condition).writes("y", y).list();
        }

        @Override
        public void checkTypes() {
            MatMulOp.super.checkTypes();
            injection.ifPresent(it -> checkRounded(NAME, "injection", it, y));
        }

        @Override
        public double flops() {
            return product(x, weight);
        }
    }

    /** {@code dX = dY W}: dY [R, O], dX [R, I], overwritten. */
    record LinearBackwardInput(Tensor dY, Tensor weight, Tensor dX) implements MatMulOp {
        private static final String NAME = "linearBackwardInput";

        public LinearBackwardInput {
            checkBackwardInput(NAME, dY, weight, dX);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("dY", dY).reads("weight", weight).writes("dX", dX).list();
        }

        @Override
        public double flops() {
            return product(dX, weight);
        }
    }

    /**
     * {@code dPre = (dY W) ⊙ gelu'(pre)}: back through a linear layer and the GELU in front of it.
     * dY [R, O]; preActivation and dPreActivation [R, I], the latter overwritten.
     */
    record LinearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation)
            implements MatMulOp {
        private static final String NAME = "linearGeluBackwardInput";

        public LinearGeluBackwardInput {
            checkBackwardInput(NAME, dY, weight, dPreActivation);
            Check.size(NAME, "preActivation", preActivation, dPreActivation.size());
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("dY", dY)
                    .reads("weight", weight)
                    .reads("preActivation", preActivation)
                    .writes("dPreActivation", dPreActivation)
                    .list();
        }

        @Override
        public double flops() {
            return product(dPreActivation, weight);
        }
    }

    /**
     * {@code dW += dYᵀ x}, {@code db += Σ_rows dY}: dY [R, O], x [R, I]; dWeight [O, I] and dBias
     * [O] are added to, in float where dY and x have 16 bits.
     */
    record LinearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Optional<Tensor> dBias)
            implements MatMulOp {
        private static final String NAME = "linearBackwardWeight";

        public LinearBackwardWeight {
            Check.rank(NAME, "dWeight", dWeight, 2);
            Check.columns(NAME, "dY", dY, dWeight.dim(0));
            Check.columns(NAME, "x", x, dWeight.dim(1));
            Check.require(
                    dY.rows() == x.rows(), NAME, "dY has %d rows, x has %d", dY.rows(), x.rows());
            dBias.ifPresent(it -> Check.size(NAME, "dBias", it, dWeight.dim(0)));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("dY", dY)
                    .reads("x", x)
                    .updates("dWeight", dWeight)
                    .updates("dBias", dBias)
                    .list();
        }

        @Override
        public double flops() {
            return product(x, dWeight);
        }
    }

    /**
     * Gradients of the two injections of {@link LinearInjected}: {@code dInjection[:, column…] +=
     * dY}, {@code dCondition[b] += Σ_tokens dY}; dY [R, O], which may have 16 bits, dInjection [R,
     * J], dCondition [B, O].
     */
    record InjectionBackward(
            Tensor dY, Optional<Tensor> dInjection, int column, Optional<Tensor> dCondition)
            implements MatMulOp {
        private static final String NAME = "injectionBackward";

        public InjectionBackward {
            checkInjection(NAME, dY, dInjection, column, dCondition);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            Operands operands = new Operands().reads("dY", dY);
            dInjection.ifPresent(it -> operands.updates("dInjection", it, dY.size()));
            return operands.updates("dCondition", dCondition).list();
        }

        @Override
        public double flops() {
            return (dInjection.isPresent() ? dY.size() : 0.0)
                    + (dCondition.isPresent() ? dY.size() : 0.0);
        }
    }

    // 2·R·I·O: a multiplication and an addition for each row and weight
    private static double product(Tensor rows, Tensor weight) {
        return 2.0 * rows.rows() * weight.size();
    }

    private static Operands inputs(Tensor x, Tensor weight, Optional<Tensor> bias) {
        return new Operands().reads("x", x).reads("weight", weight).reads("bias", bias);
    }

    private static void check(
            String name, Tensor x, Tensor weight, Optional<Tensor> bias, Tensor y) {
        Check.rank(name, "weight", weight, 2);
        Check.columns(name, "x", x, weight.dim(1));
        Check.columns(name, "y", y, weight.dim(0));
        Check.require(x.rows() == y.rows(), name, "x has %d rows, y has %d", x.rows(), y.rows());
        bias.ifPresent(it -> Check.size(name, "bias", it, weight.dim(0)));
        Check.apart(name, "x", x, "y", y);
    }

    private static void checkRounded(String name, String operand, Tensor tensor, Tensor y) {
        Check.require(
                y.dtype().isHalf() || !tensor.dtype().isHalf(),
                name,
                "%s is %s, but y is %s",
                operand,
                tensor.dtype(),
                y.dtype());
    }

    private static void checkBackwardInput(String name, Tensor dY, Tensor weight, Tensor dX) {
        Check.rank(name, "weight", weight, 2);
        Check.columns(name, "dY", dY, weight.dim(0));
        Check.columns(name, "dX", dX, weight.dim(1));
        Check.require(
                dY.rows() == dX.rows(), name, "dY has %d rows, dX has %d", dY.rows(), dX.rows());
        Check.apart(name, "dX", dX, "dY", dY);
    }

    private static void checkInjection(
            String name,
            Tensor y,
            Optional<Tensor> injection,
            int column,
            Optional<Tensor> condition) {
        injection.ifPresent(
                it -> {
                    Check.require(
                            it.rows() == y.rows(),
                            name,
                            "injection has %d rows, y has %d",
                            it.rows(),
                            y.rows());
                    Check.require(
                            column >= 0 && column + y.dim(-1) <= it.dim(-1),
                            name,
                            "columns %d…%d of an injection with %d",
                            column,
                            column + y.dim(-1),
                            it.dim(-1));
                });
        condition.ifPresent(
                it -> {
                    Check.columns(name, "condition", it, y.dim(-1));
                    Check.require(
                            y.rows() % it.rows() == 0,
                            name,
                            "condition has %d rows, y has %d: not a multiple",
                            it.rows(),
                            y.rows());
                });
    }
}
