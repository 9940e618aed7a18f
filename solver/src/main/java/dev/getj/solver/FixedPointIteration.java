package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/**
 * Damped fixed-point iteration {@code z ← τ f(z) + (1 − τ) z}; returns the iterate after the step
 * of lowest residual, as TorchDEQ's {@code fixed_point_iter} does.
 *
 * @param maxIterations most evaluations of f, at least 1
 * @param tolerance stop when the largest residual of the batch is below this; 0 never stops early
 * @param measure which residual
 * @param damping τ in (0, 1]
 */
public record FixedPointIteration(
        int maxIterations, double tolerance, StopMeasure measure, double damping)
        implements Solver {
    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public FixedPointIteration {
        Limits.check(maxIterations, tolerance);
        Limits.checkDamping(damping);
    }

    /** Exactly {@code iterations} undamped steps: how GET samples. */
    public static FixedPointIteration of(int iterations) {
        return new FixedPointIteration(iterations, 0, StopMeasure.ABSOLUTE, 1);
    }

    @Override
    public int startUp() {
        return 0;
    }

    @Override
    public Solve prepare(FixedPointMap map, Stopping stopping) {
        return tolerance == 0 ? new FixedSteps(this, map) : new Prepared(this, map, stopping);
    }

    private static final class Prepared implements Solve {
        private final FixedPointIteration solver;
        private final FixedPointMap map;
        private final ResidualTracker tracker;
        private final Program keepStart;
        private final Program damp;
        private final Program advance;

        Prepared(FixedPointIteration solver, FixedPointMap map, Stopping stopping) {
            this.solver = solver;
            this.map = map;
            Backend backend = map.backend();
            Tensor state = map.state();
            Tensor next = map.next();
            tracker = new ResidualTracker(map, solver.measure, solver.tolerance, stopping, next);
            keepStart = backend.record("keep start", k -> k.copy(state, tracker.best()));
            damp =
                    solver.damping == 1
                            ? null
                            : backend.record(
                                    "damp",
                                    k ->
                                            k.mix(
                                                    (float) (1 - solver.damping),
                                                    state,
                                                    (float) solver.damping,
                                                    next));
            advance = backend.record("advance", k -> k.copy(next, state));
        }

        @Override
        public Statistics run() {
            keepStart.run();
            tracker.begin(0, 0);
            for (int step = 1; step <= solver.maxIterations; step++) {
                map.apply();
                boolean converged = tracker.measure();
                if (damp != null) {
                    damp.run();
                }
                tracker.keep();
                if (converged) {
                    break;
                }
                advance.run();
            }
            return tracker.statistics();
        }

        @Override
        public Tensor best() {
            return tracker.best();
        }
    }
}
