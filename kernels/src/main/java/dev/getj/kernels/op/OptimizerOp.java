package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/** Steps of optimisers, over all parameters at once. Source: {@code docs/kernels/adamw.md}. */
public sealed interface OptimizerOp extends Operation {
    /** The copy of the weights that products read. */
    @Override
    default List<String> halves() {
        return switch (this) {
            case AdamW _ -> List.of("rounded");
            case Ema _ -> List.of();
        };
    }

    /** Entries of the settings of {@link AdamW}. */
    int ADAMW_SETTINGS = 9;

    /**
     * One step of AdamW (decoupled weight decay, Loshchilov and Hutter 2019): {@code w −=
     * lr·decay·w; m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; w −= lr · (m/c₁) / (√(v/c₂) + ε)}.
     *
     * <p>{@code settings} [9] holds lr, β₁, 1−β₁, β₂, 1−β₂, ε, decay, c₁ = 1−β₁ᵗ, c₂ = 1−β₂ᵗ, each
     * rounded from double; a tensor, because it changes from step to step. Gradients and moments
     * have the size of the weights, as has {@code rounded}, of 16 bits, which receives the new
     * weights.
     */
    record AdamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment,
            Optional<Tensor> rounded)
            implements OptimizerOp {
        private static final String NAME = "adamW";

        public AdamW {
            Check.size(NAME, "settings", settings, ADAMW_SETTINGS);
            Check.size(NAME, "gradients", gradients, weights.size());
            Check.size(NAME, "firstMoment", firstMoment, weights.size());
            Check.size(NAME, "secondMoment", secondMoment, weights.size());
            rounded.ifPresent(it -> Check.size(NAME, "rounded", it, weights.size()));
        }

        @Override
        public void checkTypes() {
            OptimizerOp.super.checkTypes();
            rounded.ifPresent(
                    it ->
                            Check.require(
                                    it.dtype().isHalf(),
                                    NAME,
                                    "rounded is %s, not of 16 bits",
                                    it.dtype()));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("settings", settings)
                    .reads("gradients", gradients)
                    .updates("weights", weights)
                    .updates("firstMoment", firstMoment)
                    .updates("secondMoment", secondMoment)
                    .writes("rounded", rounded)
                    .list();
        }

        @Override
        public double flops() {
            return 14.0 * weights.size();
        }
    }

    /**
     * {@code average = decay · average + (1 − decay) · weights}, both factors rounded from double.
     * The decay lies in [0, 1).
     */
    record Ema(Tensor weights, double decay, Tensor average) implements OptimizerOp {
        private static final String NAME = "ema";

        public Ema {
            Check.size(NAME, "average", average, weights.size());
            Check.require(decay >= 0 && decay < 1, NAME, "decay must lie in [0, 1): %s", decay);
        }

        /** Factor of the weights, as kernels use it. */
        public float weightFactor() {
            return (float) (1 - decay);
        }

        /** Factor of the average, as kernels use it. */
        public float averageFactor() {
            return (float) decay;
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("weights", weights).updates("average", average).list();
        }

        @Override
        public double flops() {
            return 3.0 * average.size();
        }
    }

    /** Every operation of the family, on {@code size} parameters. */
    static List<Example> examples(int size) {
        return List.of(
                adamW("adamW " + size, size),
                new Example("ema " + size)
                        .shared("weights", size)
                        .givesShared("average", size)
                        .calls((k, t) -> k.ema(t.get("weights"), 0.9999, t.get("average"))));
    }

    /** AdamW with a copy of the weights in 16 bits. */
    static Example mixedTrainingExample(DType type, int size) {
        return adamW("adamW rounded " + size, size)
                .givesShared("rounded", size)
                .of(type, "rounded");
    }

    private static Example adamW(String name, int size) {
        double[] settings = {1e-3, 0.9, 0.1, 0.999, 0.001, 1e-8, 0.01, 0.19, 0.002};
        return new Example(name)
                .shared("settings", new InOrder(settings), settings.length)
                .shared("gradients", size)
                .givesShared("weights", size)
                .givesShared("firstMoment", size)
                .givesShared("secondMoment", random -> 1e-4 + Math.abs(random.nextGaussian()), size)
                .calls(
                        (k, t) ->
                                k.adamW(
                                        t.get("settings"),
                                        t.get("gradients"),
                                        t.get("weights"),
                                        t.get("firstMoment"),
                                        t.get("secondMoment"),
                                        t.get("rounded")));
    }
}
