package dev.getj.train;

/**
 * How far a run goes, and what it writes on its way.
 *
 * @param batch items of one step
 * @param steps at which the run is complete
 * @param seed of everything random
 * @param saveEvery steps between checkpoints
 * @param sampleEvery steps between sample grids
 */
public record Course(int batch, long steps, long seed, long saveEvery, long sampleEvery) {
    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public Course {
        RunSettings.require(batch, "the batch");
        RunSettings.require(steps, "the number of steps");
        RunSettings.require(saveEvery, "the steps between checkpoints");
        RunSettings.require(sampleEvery, "the steps between sample grids");
    }

    public Course withSteps(long newSteps) {
        return new Course(batch, newSteps, seed, saveEvery, sampleEvery);
    }
}
