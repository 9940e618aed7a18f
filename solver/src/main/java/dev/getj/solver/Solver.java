package dev.getj.solver;

import dev.getj.kernels.tensor.Tensor;

/** A method that seeks z = f(z). Values: one solver can be prepared for any number of maps. */
public sealed interface Solver permits FixedPointIteration, Anderson, Broyden {
    /**
     * Most iterations. One evaluation of f each; {@link Broyden} needs one more in front, and a
     * line search more in between.
     */
    int maxIterations();

    /** A sample has converged when its residual is below this; 0 never stops early. */
    double tolerance();

    StopMeasure measure();

    /**
     * How many evaluations of f come before the method proper; see {@link Statistics} for what
     * becomes of them.
     */
    int startUp();

    /** Like {@link #prepare(FixedPointMap, Stopping)}; the batch stops as a whole. */
    default Solve prepare(FixedPointMap map) {
        return prepare(map, Stopping.BATCH);
    }

    /** Allocates what the method needs next to {@code map} and records its programs. */
    Solve prepare(FixedPointMap map, Stopping stopping);

    /** A solver made ready for one map; {@link #run} may be called any number of times. */
    interface Solve {
        /**
         * Starts from what {@code map.state()} holds and leaves the best iterate of each sample in
         * {@code best}.
         *
         * @return the statistics of this solve
         */
        Statistics run();

        /**
         * [B, …]: of each sample the iterate with the lowest residual seen; never a NaN where a
         * finite one was seen.
         */
        Tensor best();
    }
}
