package dev.getj.solver;

/** When a solve is over. */
public enum Stopping {
    /** The whole batch is iterated until every sample's residual is below the tolerance (TorchDEQ). */
    BATCH,
    /**
     * A sample whose residual is below the tolerance is done: it keeps its iterate, its traces end,
     * and {@link FixedPointMap#only} is told that its f(z) is wanted no more. What becomes of a
     * sample then depends on that sample alone, whatever the others do.
     */
    EACH_SAMPLE
}
