package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * Broyden's good method (Broyden 1965) on {@code g(z) = f(z) − z} with limited memory, as
 * TorchDEQ's {@code broyden_solver} has it: see {@link InverseJacobian}. Returns z of lowest
 * residual. Each sample has its own approximation and, with a line search, its own step length
 * ({@link ArmijoSearch}; TorchDEQ has one step length for the whole batch).
 *
 * @param maxIterations most steps, at least 1; f is evaluated once more, at the start, and in each
 *     step once, or with a line search until every sample has found its step length
 * @param tolerance a sample has converged when its residual is below this; 0 never stops early
 * @param measure which residual
 * @param memory how many updates are kept, 1…10,000: two states each
 * @param lineSearch whether a step is shortened until it lowers the residual
 */
public record Broyden(
        int maxIterations, double tolerance, StopMeasure measure, int memory, boolean lineSearch)
        implements Solver {
    private static final int START_UP = 1;
    private static final int STALL_WINDOW = 30;

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Broyden {
        Limits.check(maxIterations, tolerance);
        Limits.checkMemory(memory);
    }

    /**
     * TorchDEQ's defaults: absolute measure, everything remembered as far as 10,000 updates, no
     * line search.
     */
    public static Broyden of(int maxIterations, double tolerance) {
        int memory = Math.min(maxIterations, Limits.LARGEST_MEMORY);
        return new Broyden(maxIterations, tolerance, StopMeasure.ABSOLUTE, memory, false);
    }

    @Override
    public int startUp() {
        return START_UP;
    }

    @Override
    public Solve prepare(FixedPointMap map, Stopping stopping) {
        return new Prepared(this, map, stopping);
    }

    private static final class Prepared implements Solve {
        private final Broyden solver;
        private final FixedPointMap map;
        private final ResidualTracker tracker;
        private final InverseJacobian inverse;
        private final int samples;
        private final Tensor lengths;
        private final Program keepStart;
        private final Program begin;
        private final Program remember;
        private final Program move;
        private final Program differences;

        Prepared(Broyden solver, FixedPointMap map, Stopping stopping) {
            this.solver = solver;
            this.map = map;
            Backend backend = map.backend();
            Tensor state = map.state();
            Tensor next = map.next();
            samples = state.dim(0);
            tracker = new ResidualTracker(map, solver.measure, solver.tolerance, stopping, state);
            Tensor residual = backend.allocate(state.shape());
            Tensor deltaState = backend.allocate(state.shape());
            Tensor deltaResidual = backend.allocate(state.shape());
            Tensor descent = backend.allocate(state.shape());
            Tensor previous = backend.allocate(state.shape());
            lengths = backend.allocate(samples, 1);
            inverse =
                    new InverseJacobian(
                            backend,
                            Math.min(solver.memory, solver.maxIterations),
                            residual,
                            deltaState,
                            deltaResidual,
                            descent);
            keepStart = backend.record("keep start", k -> k.copy(state, tracker.best()));
            begin =
                    backend.record(
                            "residual",
                            k -> {
                                k.copy(next, residual);
                                k.mix(-1, state, 1, residual);
                            });
            remember = backend.record("remember", k -> k.copy(state, previous));
            move =
                    backend.record(
                            "step",
                            k -> {
                                k.copy(previous, state);
                                k.combine(lengths, History.of(descent), 1, state);
                            });
            differences =
                    backend.record(
                            "differences",
                            k -> {
                                k.copy(state, deltaState);
                                k.mix(-1, previous, 1, deltaState);
                                k.copy(residual, deltaResidual);
                                k.copy(next, residual);
                                k.mix(-1, state, 1, residual);
                                k.mix(1, residual, -1, deltaResidual);
                            });
        }

        @Override
        public Statistics run() {
            keepStart.run();
            inverse.reset();
            tracker.begin(START_UP, STALL_WINDOW);
            map.apply();
            boolean over = tracker.measure();
            tracker.keep();
            begin.run();
            for (int step = 1; step <= solver.maxIterations && !over; step++) {
                inverse.descend();
                remember.run();
                over = solver.lineSearch ? search() : evaluate(unitLengths(), new boolean[samples]);
                if (!over && step < solver.maxIterations) {
                    differences.run();
                    inverse.update();
                }
            }
            return tracker.statistics();
        }

        private double[] unitLengths() {
            double[] unit = new double[samples];
            Arrays.fill(unit, 1);
            return unit;
        }

        // z = previous − length · descent, and what is there; true if the solve is over
        private boolean evaluate(double[] step, boolean[] waiting) {
            double[] negative = new double[samples];
            for (int b = 0; b < samples; b++) {
                negative[b] = -step[b];
            }
            Doubles.set(lengths, negative);
            move.run();
            map.apply();
            boolean over = tracker.measure(waiting);
            tracker.keep();
            return over;
        }

        // a sample that has its step length waits there for the others
        private boolean search() {
            ArmijoSearch[] searches = new ArmijoSearch[samples];
            for (int b = 0; b < samples; b++) {
                searches[b] = new ArmijoSearch(tracker.absolute(b));
            }
            double[] steps = unitLengths();
            boolean[] found = new boolean[samples];
            boolean all = false;
            while (!all) {
                if (evaluate(steps, found)) {
                    return true;
                }
                all = true;
                for (int b = 0; b < samples; b++) {
                    if (tracker.active(b)) {
                        found[b] = found[b] || searches[b].accept(tracker.absolute(b));
                        steps[b] = searches[b].step();
                        all &= found[b];
                    }
                }
            }
            return false;
        }

        @Override
        public Tensor best() {
            return tracker.best();
        }
    }
}
