package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/**
 * Multi-head softmax attention with scale 1/√d. B samples, N tokens, D width, H heads, d = D/H.
 * Derivations: {@code docs/kernels/attention.md}.
 */
public sealed interface AttentionOp extends Operation {

    /** The deepest heads whose queries, keys and values may have 16 bits. */
    int DEEPEST_HALVES = 64;

    /** What a forward pass reads and gives, and their gradients; log-sum-exp is float. */
    @Override
    default List<String> halves() {
        return switch (this) {
            case Attention _ -> List.of("qkv", "y");
            case AttentionBackward _ -> List.of("dY", "qkv", "y", "dQkv");
        };
    }

    /** Queries, keys and values of all heads, [B, N, 3D]. */
    Tensor qkv();

    /** What attention gives, [B, N, D]. */
    Tensor y();

    int heads();

    /** True if q, k and v have 16 bits; probabilities then have as many. */
    default boolean mixed() {
        return qkv().dtype().isHalf();
    }

    /** Under a name of its own where q, k and v have 16 bits. */
    @Override
    default Cost cost() {
        Cost cost = Operation.super.cost();
        return mixed()
                ? new Cost(name() + " " + qkv().dtype(), cost.flops(), cost.bytes(), true)
                : cost;
    }

    // rounded results of floats are for a forward pass alone
    @Override
    default void checkTypes() {
        Operation.super.checkTypes();
        boolean backward =
                switch (this) {
                    case Attention _ -> false;
                    case AttentionBackward _ -> true;
                };
        if (!mixed() && !backward) {
            return;
        }
        int depth = y().dim(-1) / heads();
        Check.require(
                !mixed() || takesHalves(depth),
                name(),
                "qkv is %s, and heads are %s deep, which is not a multiple of 4 up to %s",
                qkv().dtype(),
                depth,
                DEEPEST_HALVES);
        for (Operand operand : operands()) {
            DType type = operand.tensor().dtype();
            Check.require(
                    !halves().contains(operand.name()) || type.isHalf() == mixed(),
                    name(),
                    "qkv is %s, but %s is %s",
                    qkv().dtype(),
                    operand.name(),
                    type);
        }
    }

    /**
     * True if queries, keys and values of heads that deep may have 16 bits: tensor cores take up to
     * {@link #DEEPEST_HALVES}, and kernels read four numbers at once.
     */
    static boolean takesHalves(int depth) {
        return depth <= DEEPEST_HALVES && depth % 4 == 0;
    }

    /**
     * Attention that never stores more than the N × N scores of one head at a time. {@code qkv} [B,
     * N, 3D] holds q, k and v of all heads one after the other, split as (3, H, d); y is [B, N, D];
     * {@code logSumExp} [B, H, N] receives log Σ exp of each row of scores for the backward pass.
     */
    record Attention(Tensor qkv, int heads, Tensor y, Optional<Tensor> logSumExp)
            implements AttentionOp {
        private static final String NAME = "attention";

        public Attention {
            check(NAME, qkv, heads, y);
            logSumExp.ifPresent(
                    it -> Check.size(NAME, "logSumExp", it, qkv.dim(0) * heads * qkv.dim(1)));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("qkv", qkv)
                    .writes("y", y)
                    .writes("logSumExp", logSumExp)
                    .list();
        }

        @Override
        public double flops() {
            return 2 * product(y);
        }
    }

    /**
     * Backward of {@link Attention}; probabilities are recomputed from {@code qkv} and {@code
     * logSumExp}. dY and y, the forward's output, are [B, N, D]; dQkv [B, N, 3D] is overwritten.
     * All but log-sum-exp have 16 bits or none.
     */
    record AttentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv)
            implements AttentionOp {
        private static final String NAME = "attentionBackward";

        public AttentionBackward {
            check(NAME, qkv, heads, y);
            Check.size(NAME, "dY", dY, y.size());
            Check.size(NAME, "dQkv", dQkv, qkv.size());
            Check.size(NAME, "logSumExp", logSumExp, qkv.dim(0) * heads * qkv.dim(1));
            Check.apart(NAME, "dQkv", dQkv, "qkv", qkv);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("dY", dY)
                    .reads("qkv", qkv)
                    .reads("y", y)
                    .reads("logSumExp", logSumExp)
                    .writes("dQkv", dQkv)
                    .list();
        }

        @Override
        public double flops() {
            return 5 * product(dY);
        }
    }

    // 2·B·N·N·D: one product of N × N scores with the vectors of all heads
    private static double product(Tensor y) {
        return 2.0 * y.size() * y.dim(1);
    }

    private static void check(String name, Tensor qkv, int heads, Tensor y) {
        Check.rank(name, "qkv", qkv, 3);
        int width = y.dim(-1);
        Check.require(
                qkv.dim(2) == 3 * width, name, "qkv is %d wide, not 3 × %d", qkv.dim(2), width);
        Check.require(
                heads > 0 && width % heads == 0,
                name,
                "width %d does not split into %d heads",
                width,
                heads);
        Check.require(
                qkv.rows() == y.rows(), name, "qkv has %d rows, y has %d", qkv.rows(), y.rows());
        Check.apart(name, "y", y, "qkv", qkv);
    }

    /** Every operation of the family, on samples of {@code n} tokens. */
    static List<Example> examples(int n, int width, int heads) {
        String shape = " " + n + "x" + width + "/" + heads;
        Example.Call forward =
                (k, t) -> k.attention(t.get("qkv"), heads, t.y(), t.get("logSumExp"));
        return List.of(
                of("attention keeping" + shape, n, width)
                        .gives("logSumExp", heads, n)
                        .calls(forward),
                of("attention" + shape, n, width).calls(forward),
                of("attentionBackward" + shape, n, width)
                        .gives("logSumExp", heads, n)
                        .perSample("dY", n, width)
                        .gives("dQkv", n, 3 * width)
                        .calls(
                                (k, t) -> {
                                    forward.record(k, t);
                                    k.attentionBackward(
                                            t.get("dY"),
                                            t.get("qkv"),
                                            t.y(),
                                            t.get("logSumExp"),
                                            heads,
                                            t.get("dQkv"));
                                }));
    }

    private static Example of(String name, int n, int width) {
        return new Example(name).perSample("qkv", n, 3 * width).gives("y", n, width);
    }
}
