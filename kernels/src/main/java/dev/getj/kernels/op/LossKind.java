package dev.getj.kernels.op;

/** Distance between prediction and target, averaged over all elements. */
public enum LossKind {
    /** {@code mean |x̂ − x|}; its derivative at 0 is 0. */
    L1,
    /** {@code mean (x̂ − x)²}. */
    L2
}
