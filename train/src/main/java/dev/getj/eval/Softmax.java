package dev.getj.eval;

import java.util.function.IntToDoubleFunction;

/** Probabilities of classes from logits, in double. */
final class Softmax {
    private Softmax() {}

    /**
     * {@code exp(l_c) / Σ exp(l)}; the largest logit is first taken off all, so that nothing
     * overflows.
     */
    static double[] of(int classes, IntToDoubleFunction logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            largest = Math.max(largest, logits.applyAsDouble(c));
        }
        double[] softmax = new double[classes];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            softmax[c] = StrictMath.exp(logits.applyAsDouble(c) - largest);
            sum += softmax[c];
        }
        for (int c = 0; c < classes; c++) {
            softmax[c] /= sum;
        }
        return softmax;
    }
}
