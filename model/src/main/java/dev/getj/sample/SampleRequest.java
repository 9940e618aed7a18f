package dev.getj.sample;

import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Solver;

import java.util.Arrays;
import java.util.Objects;

/**
 * What to sample. Sample i of a seed always gets the same noise and the same z₀, whatever the
 * count.
 *
 * @param count images, at least 1
 * @param seed of noise and z₀
 * @param first index of the first sample in the seed's sequence
 * @param labels class of each image, [count]; or null: a conditional network then takes its classes
 *     in turn, image i getting class i mod K
 * @param solver how the fixed point is sought; with a tolerance each image stops by itself,
 *     whatever images it is computed along with; ignored by a ViT
 * @param start where the search begins
 * @param guidance w ≥ 0: the image is {@code x_null + w (x − x_null)}, x_null being that of the null
 *     class from the same noise and z₀, at twice the time; 1 for x itself, the only value for
 *     networks trained without label dropout
 */
public record SampleRequest(
        int count,
        long seed,
        long first,
        int[] labels,
        Solver solver,
        Start start,
        double guidance) {
    /** Where the search for an equilibrium begins. */
    public enum Start {
        /** As in training: at random, or at what leaves the injection transformer. */
        DRAWN,
        /**
         * Where the image before was found, and the first as in training: for sequences of related
         * noise, one image after the other.
         */
        PREVIOUS
    }

    /** Applications of the equilibrium map in the paper. */
    public static final int DEFAULT_ITERATIONS = 6;

    /**
     * An index from which on samples share their noise with no pair: pairs use the first ones of a
     * seed.
     */
    public static final long FRESH = 1L << 40;

    /**
     * @throws IllegalArgumentException if the count is below 1 or does not match the labels, an
     *     index is not in 0 to 2⁶³ − 1, or the guidance is below 0 or not finite
     */
    public SampleRequest {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 image must be asked for, not " + count);
        }
        if (first < 0) {
            throw new IllegalArgumentException(
                    "the first sample's index must be at least 0, not " + first);
        }
        if (first > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException(
                    "%s samples from index %s on would exceed the last index, %s"
                            .formatted(count, first, Long.MAX_VALUE));
        }
        if (labels != null && labels.length != count) {
            throw new IllegalArgumentException(
                    labels.length + " labels were given for " + count + " images");
        }
        if (!(guidance >= 0 && Double.isFinite(guidance))) {
            throw new IllegalArgumentException(
                    "the guidance must be at least 0 and finite, not " + guidance);
        }
        labels = labels == null ? null : labels.clone();
    }

    /** A copy. */
    @Override
    public int[] labels() {
        return labels == null ? null : labels.clone();
    }

    /** Whether both ask for the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SampleRequest that
                && count == that.count
                && seed == that.seed
                && first == that.first
                && Arrays.equals(labels, that.labels)
                && solver.equals(that.solver)
                && start == that.start
                && guidance == that.guidance;
    }

    @Override
    public int hashCode() {
        return Objects.hash(count, seed, first, Arrays.hashCode(labels), solver, start, guidance);
    }

    @Override
    public String toString() {
        return "SampleRequest[count=%s, seed=%s, first=%s, labels=%s, solver=%s, start=%s, guidance=%s]"
                .formatted(count, seed, first, Arrays.toString(labels), solver, start, guidance);
    }

    /** Without guidance. */
    public SampleRequest(
            int count, long seed, long first, int[] labels, Solver solver, Start start) {
        this(count, seed, first, labels, solver, start, 1);
    }

    /** From a z₀ drawn at random. */
    public SampleRequest(int count, long seed, long first, int[] labels, Solver solver) {
        this(count, seed, first, labels, solver, Start.DRAWN);
    }

    /** {@code count} images of seed 0 with 6 iterations. */
    public static SampleRequest of(int count) {
        return new SampleRequest(
                count, 0, 0, null, FixedPointIteration.of(DEFAULT_ITERATIONS), Start.DRAWN);
    }

    /** Noise and z₀ of another seed. */
    public SampleRequest withSeed(long newSeed) {
        return new SampleRequest(count, newSeed, first, labels, solver, start, guidance);
    }

    /** From index {@code newFirst} of the seed's sequence on. */
    public SampleRequest withFirst(long newFirst) {
        return new SampleRequest(count, seed, newFirst, labels, solver, start, guidance);
    }

    /** All images of class {@code label}. */
    public SampleRequest withLabel(int label) {
        int[] same = new int[count];
        Arrays.fill(same, label);
        return withLabels(same);
    }

    /** Image i of class {@code newLabels[i]}, one for each image. */
    public SampleRequest withLabels(int... newLabels) {
        return new SampleRequest(count, seed, first, newLabels, solver, start, guidance);
    }

    /** Exactly so many plain iterations. */
    public SampleRequest withIterations(int iterations) {
        return withSolver(FixedPointIteration.of(iterations));
    }

    /** With another solver, see {@link dev.getj.solver}. */
    public SampleRequest withSolver(Solver newSolver) {
        return new SampleRequest(count, seed, first, labels, newSolver, start, guidance);
    }

    /** With another place where the search begins. */
    public SampleRequest withStart(Start newStart) {
        return new SampleRequest(count, seed, first, labels, solver, newStart, guidance);
    }

    /**
     * Guided with weight {@code newGuidance}: above 1, images are led away from those of the null
     * class.
     *
     * <pre>{@code
     * sampler.sample(SampleRequest.of(16).withLabel(7).withGuidance(1.5));
     * }</pre>
     *
     * @throws IllegalArgumentException if it is below 0 or not finite; a {@link Sampler} refuses all
     *     but 1 for a network trained without label dropout
     */
    public SampleRequest withGuidance(double newGuidance) {
        return new SampleRequest(count, seed, first, labels, solver, start, newGuidance);
    }
}
