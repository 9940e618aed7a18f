package dev.getj.model;

import dev.getj.kernels.tensor.DType;

import java.util.Locale;

/** How many bits the numbers have that a network computes with. */
public enum Precision {
    /** Floats throughout. */
    FLOAT32,

    /**
     * Floats throughout, of which products take 11 significant bits of each factor, on a backend
     * that {@link dev.getj.kernels.Backend#tf32 does so}.
     */
    TF32,

    /**
     * The factors of the products in transformer blocks and of the injection have 16 bits ({@link
     * #FACTOR}): weights, what normalisation, attention and GELU give, and, in heads of up to 64
     * features, queries, keys and values. Sums, the residual stream, the state of the equilibrium
     * and statistics are floats, and so are embedding and decoder.
     */
    MIXED;

    /**
     * The factors' type. Of the two formats it rounds eight times more finely; weights and
     * activations of a trained network are far from its largest value, 65504.
     */
    static final DType FACTOR = DType.F16;

    /** As {@code --precision} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
