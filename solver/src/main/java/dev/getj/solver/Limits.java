package dev.getj.solver;

/** What every solver asks of its settings. */
final class Limits {
    /** Most evaluations or updates that a solver keeps. */
    static final int LARGEST_MEMORY = 10_000;

    private Limits() {}

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    static void check(int maxIterations, double tolerance) {
        if (maxIterations < 1) {
            throw new IllegalArgumentException(
                    "at least 1 iteration is needed, not " + maxIterations);
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException(
                    "the tolerance must be at least 0, not " + tolerance);
        }
    }

    /**
     * @throws IllegalArgumentException if the damping is not in (0, 1]
     */
    static void checkDamping(double damping) {
        if (!(damping > 0 && damping <= 1)) {
            throw new IllegalArgumentException("the damping must lie in (0, 1], not " + damping);
        }
    }

    /**
     * @throws IllegalArgumentException if the memory holds nothing, or more than {@link
     *     #LARGEST_MEMORY}
     */
    static void checkMemory(int memory) {
        if (memory < 1) {
            throw new IllegalArgumentException(
                    "the memory must hold 1 state or more, not " + memory);
        }
        if (memory > LARGEST_MEMORY) {
            throw new IllegalArgumentException(
                    "the memory must hold at most %s states, not %s"
                            .formatted(LARGEST_MEMORY, memory));
        }
    }
}
