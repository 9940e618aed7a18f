package dev.getj.kernels.op;

/** Distance between prediction and target, averaged over all elements or all images. */
public enum LossKind {
    /** {@code mean |x̂ − x|}; its derivative at 0 is 0. */
    L1,
    /** {@code mean (x̂ − x)²}. */
    L2,
    /**
     * {@code mean_b √(mean (x̂_b − x_b)² + c²) − c} over images b, with c = {@link #WIDTH}: the root
     * mean square of an image's error, but smooth at 0 (Song and Dhariwal 2023).
     */
    PSEUDO_HUBER;

    /**
     * c of {@link #PSEUDO_HUBER}. Song and Dhariwal take 0.00054 √d with the 2-norm of d elements,
     * which is 0.00054 with their root mean square.
     */
    public static final double WIDTH = 0.00054;
}
