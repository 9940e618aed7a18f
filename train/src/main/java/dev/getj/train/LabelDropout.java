package dev.getj.train;

import dev.getj.data.CounterRandom;
import dev.getj.model.ModelConfig;

/**
 * Labels that are left out in training: the network then sees its null class, so that it learns to
 * do without, and images can be led away from those without a class.
 *
 * @param share of the examples, in [0, 1)
 */
public record LabelDropout(double share) {
    /** All labels are told. */
    public static final LabelDropout NONE = new LabelDropout(0);

    /** Keeps these random numbers apart from those of orders and noise. */
    private static final long DROPPED = 0x1ABE1D50;

    /**
     * @throws IllegalArgumentException if the share is outside its range
     */
    public LabelDropout {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "the label dropout must lie in [0, 1), not " + share);
        }
    }

    /**
     * @throws IllegalArgumentException if labels are left out for a network without a null class
     */
    public void requireFit(ModelConfig network) {
        if (share > 0 && !network.images().nullClass()) {
            throw new IllegalArgumentException(
                    "label dropout needs a network with a null class, not " + network.describe());
        }
    }

    /** The network, with a null class if it needs one. */
    public ModelConfig network(ModelConfig told) {
        return share > 0 ? told.withNullClass() : told;
    }

    /**
     * Leaves labels out.
     *
     * @param seed of the run
     * @param position of the first example in the run
     * @param labels of K classes; those left out become K
     */
    public void apply(long seed, long position, int classes, int[] labels) {
        for (int b = 0; share > 0 && b < labels.length; b++) {
            if (CounterRandom.uniform(seed ^ DROPPED, position + b, 0) < share) {
                labels[b] = classes;
            }
        }
    }
}
