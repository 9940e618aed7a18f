package dev.getj.train;

/**
 * Pairs that a teacher makes while a student learns from them.
 *
 * @param teacher weights of a trained teacher, or its run
 * @param guide the teacher to be led away from; empty for the teacher itself, or for none
 * @param guidance how far, 1 being not at all
 * @param samplerSteps noise levels of the Heun sampler
 * @param ring pairs that are learned from at a time
 * @param reuse how often each is; divides {@code ring}
 */
public record Fresh(
        String teacher, String guide, double guidance, int samplerSteps, int ring, int reuse) {
    /** Pairs that are learned from at a time, unless told otherwise. */
    public static final int RING = 8192;

    /** How often a pair is learned from, unless told otherwise. */
    public static final int REUSE = 8;

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public Fresh {
        RunSettings.require(reuse, "how often a pair is used");
        RunSettings.require(ring, "the ring");
        if (ring % reuse != 0) {
            throw new IllegalArgumentException(
                    "a ring of %s pairs does not divide into the %s parts of which one is renewed at a time"
                            .formatted(ring, reuse));
        }
        if (samplerSteps < 2) {
            throw new IllegalArgumentException(
                    "the sampler takes at least 2 steps, not " + samplerSteps);
        }
        if (!(guidance >= 0 && Double.isFinite(guidance))) {
            throw new IllegalArgumentException(
                    "the guidance must be at least 0 and finite, not " + guidance);
        }
    }

    /** The same of weights that lie elsewhere. */
    public Fresh at(String newTeacher, String newGuide) {
        return new Fresh(newTeacher, newGuide, guidance, samplerSteps, ring, reuse);
    }
}
