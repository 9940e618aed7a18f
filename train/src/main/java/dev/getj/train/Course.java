package dev.getj.train;

/**
 * How far a run goes, and what it writes on its way.
 *
 * @param batch items of one step
 * @param steps at which the run is complete
 * @param seed of everything random
 * @param saveEvery steps between checkpoints
 * @param sampleEvery steps between sample grids
 * @param begunSteps at which the run was to be complete when it began, from which defaults of other
 *     settings followed; 0 if it was begun by a version that did not note it
 */
public record Course(
        int batch, long steps, long seed, long saveEvery, long sampleEvery, long begunSteps) {
    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public Course {
        RunSettings.require(batch, "the batch");
        RunSettings.require(steps, "the number of steps");
        RunSettings.require(saveEvery, "the steps between checkpoints");
        RunSettings.require(sampleEvery, "the steps between sample grids");
        if (begunSteps < 0) {
            throw new IllegalArgumentException(
                    "the number of steps at the beginning must be at least 0, not " + begunSteps);
        }
    }

    /** Of a run that begins. */
    public Course(int batch, long steps, long seed, long saveEvery, long sampleEvery) {
        this(batch, steps, seed, saveEvery, sampleEvery, steps);
    }

    public Course withSteps(long newSteps) {
        return new Course(batch, newSteps, seed, saveEvery, sampleEvery, begunSteps);
    }
}
