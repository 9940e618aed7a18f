package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/**
 * Normalisation over the last dimension. R rows of width D. Derivations: {@code
 * docs/kernels/layernorm.md} and {@code docs/kernels/rmsnorm.md}.
 */
public sealed interface NormOp extends Operation {
    /** The normalised rows of a forward pass, and the gradient of those of LayerNorm. */
    @Override
    default List<String> halves() {
        return switch (this) {
            case LayerNorm _, RmsNorm _ -> List.of("y");
            case LayerNormBackward _ -> List.of("dY");
            case RmsNormBackward _ -> List.of();
        };
    }

    /** Added to the variance, or to the mean square. */
    float EPSILON = 1e-6f;

    /**
     * {@code y = (x − mean) · rstd · gamma + beta}, {@code rstd = 1/√(var + 1e-6)}: x, y [R, D];
     * gamma, beta [D]. {@code statistics} [R, 2] receives (mean, rstd) of each row for the backward
     * pass.
     */
    record LayerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Optional<Tensor> statistics)
            implements NormOp {
        private static final String NAME = "layerNorm";

        public LayerNorm {
            Check.size(NAME, "gamma", gamma, x.dim(-1));
            Check.size(NAME, "beta", beta, x.dim(-1));
            Check.size(NAME, "y", y, x.size());
            statistics.ifPresent(it -> Check.size(NAME, "statistics", it, 2 * x.rows()));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("x", x)
                    .reads("gamma", gamma)
                    .reads("beta", beta)
                    .writes("y", y)
                    .writes("statistics", statistics)
                    .list();
        }

        @Override
        public double flops() {
            return 8.0 * x.size();
        }
    }

    /**
     * Backward of {@link LayerNorm}: dY, which may have 16 bits, and x [R, D]; statistics [R, 2];
     * dX [R, D], dGamma and dBeta [D] are added to.
     */
    record LayerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta)
            implements NormOp {
        private static final String NAME = "layerNormBackward";

        public LayerNormBackward {
            Check.size(NAME, "dY", dY, x.size());
            Check.size(NAME, "dX", dX, x.size());
            Check.size(NAME, "gamma", gamma, x.dim(-1));
            Check.size(NAME, "dGamma", dGamma, x.dim(-1));
            Check.size(NAME, "dBeta", dBeta, x.dim(-1));
            Check.size(NAME, "statistics", statistics, 2 * x.rows());
            Check.apart(NAME, "dX", dX, "dY", dY);
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
                    .reads("gamma", gamma)
                    .reads("statistics", statistics)
                    .updates("dX", dX)
                    .updates("dGamma", dGamma)
                    .updates("dBeta", dBeta)
                    .list();
        }

        @Override
        public double flops() {
            return 15.0 * x.size();
        }
    }

    /**
     * {@code y = x · rrms · gamma}, {@code rrms = 1/√(mean(x²) + 1e-6)}: x, y [R, D]; gamma [D].
     * {@code statistics} [R] receives rrms of each row for the backward pass. Derivation: {@code
     * docs/kernels/rmsnorm.md}.
     */
    record RmsNorm(Tensor x, Tensor gamma, Tensor y, Optional<Tensor> statistics)
            implements NormOp {
        private static final String NAME = "rmsNorm";

        public RmsNorm {
            Check.size(NAME, "gamma", gamma, x.dim(-1));
            Check.size(NAME, "y", y, x.size());
            statistics.ifPresent(it -> Check.size(NAME, "statistics", it, x.rows()));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("x", x)
                    .reads("gamma", gamma)
                    .writes("y", y)
                    .writes("statistics", statistics)
                    .list();
        }

        @Override
        public double flops() {
            return 4.0 * x.size();
        }
    }

    /**
     * Backward of {@link RmsNorm}: dY, x [R, D]; statistics [R]; dX [R, D] and dGamma [D] are added
     * to.
     */
    record RmsNormBackward(
            Tensor dY, Tensor x, Tensor gamma, Tensor statistics, Tensor dX, Tensor dGamma)
            implements NormOp {
        private static final String NAME = "rmsNormBackward";

        public RmsNormBackward {
            Check.size(NAME, "dY", dY, x.size());
            Check.size(NAME, "dX", dX, x.size());
            Check.size(NAME, "gamma", gamma, x.dim(-1));
            Check.size(NAME, "dGamma", dGamma, x.dim(-1));
            Check.size(NAME, "statistics", statistics, x.rows());
            Check.apart(NAME, "dX", dX, "dY", dY);
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
                    .reads("gamma", gamma)
                    .reads("statistics", statistics)
                    .updates("dX", dX)
                    .updates("dGamma", dGamma)
                    .list();
        }

        @Override
        public double flops() {
            return 11.0 * x.size();
        }
    }

    /** Every operation of the family, on samples of {@code n} rows. */
    static List<Example> examples(int n, int width) {
        String shape = " " + n + "x" + width;
        Example.Call forward =
                (k, t) ->
                        k.layerNorm(
                                t.x(), t.get("gamma"), t.get("beta"), t.y(), t.get("statistics"));
        Example.Call rms = (k, t) -> k.rmsNorm(t.x(), t.get("gamma"), t.y(), t.get("statistics"));
        return List.of(
                normed("layerNorm keeping" + shape, n, width)
                        .gives("statistics", n, 2)
                        .calls(forward),
                normed("layerNorm" + shape, n, width).calls(forward),
                normed("layerNormBackward" + shape, n, width)
                        .gives("statistics", n, 2)
                        .perSample("dY", n, width)
                        .gives("dX", n, width)
                        .givesShared("dGamma", width)
                        .givesShared("dBeta", width)
                        .calls(
                                (k, t) -> {
                                    forward.record(k, t);
                                    k.layerNormBackward(
                                            t.get("dY"),
                                            t.x(),
                                            t.get("gamma"),
                                            t.get("statistics"),
                                            t.get("dX"),
                                            t.get("dGamma"),
                                            t.get("dBeta"));
                                }),
                scaled("rmsNorm keeping" + shape, n, width).gives("statistics", n).calls(rms),
                scaled("rmsNorm" + shape, n, width).calls(rms),
                scaled("rmsNormBackward" + shape, n, width)
                        .gives("statistics", n)
                        .perSample("dY", n, width)
                        .gives("dX", n, width)
                        .givesShared("dGamma", width)
                        .calls(
                                (k, t) -> {
                                    rms.record(k, t);
                                    k.rmsNormBackward(
                                            t.get("dY"),
                                            t.x(),
                                            t.get("gamma"),
                                            t.get("statistics"),
                                            t.get("dX"),
                                            t.get("dGamma"));
                                }));
    }

    private static Example normed(String name, int n, int width) {
        return scaled(name, n, width).shared("beta", width);
    }

    private static Example scaled(String name, int n, int width) {
        return new Example(name)
                .perSample("x", n, width)
                .shared("gamma", width)
                .gives("y", n, width);
    }
}
