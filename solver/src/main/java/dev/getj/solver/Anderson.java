package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.Objects;

/**
 * Anderson acceleration (Anderson 1965; Walker and Ni 2011) as TorchDEQ's {@code anderson_solver}
 * has it: after two plain evaluations, the next argument is {@code Σ α_j (τ f(z_j) + (1 − τ) z_j)}
 * over the last evaluations, with weights that minimise the residual; see {@link AndersonSystem}.
 * Returns f(z) of lowest residual.
 *
 * <p>The states, their inner products and mixtures stay on the backend; the host solves a system of
 * at most {@code memory} unknowns for each sample.
 *
 * @param maxIterations most evaluations of f, at least 1
 * @param tolerance a sample has converged when its residual is below this; 0 never stops early
 * @param measure which residual
 * @param memory m, how many evaluations are mixed, 1…10,000
 * @param ridge added to the diagonal of the normal equations; raised where they are singular
 * @param damping τ in (0, 1]
 */
public record Anderson(
        int maxIterations,
        double tolerance,
        StopMeasure measure,
        int memory,
        Ridge ridge,
        double damping)
        implements Solver {
    private static final int START_UP = 2;

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Anderson {
        Limits.check(maxIterations, tolerance);
        Limits.checkDamping(damping);
        Limits.checkMemory(memory);
        Objects.requireNonNull(ridge, "ridge");
    }

    /**
     * TorchDEQ's defaults: absolute measure, m = 6, λ = 1e-4, τ = 1. The same iterates as there,
     * but see {@link Ridge#absolute}; {@link #fast} needs fewer evaluations.
     */
    public static Anderson of(int maxIterations, double tolerance) {
        return new Anderson(
                maxIterations, tolerance, StopMeasure.ABSOLUTE, 6, Ridge.absolute(1e-4), 1);
    }

    /** The same with a ridge of 1e-6 relative to the residuals. */
    public static Anderson fast(int maxIterations, double tolerance) {
        return new Anderson(
                maxIterations, tolerance, StopMeasure.ABSOLUTE, 6, Ridge.relative(1e-6), 1);
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
        private final Anderson solver;
        private final FixedPointMap map;
        private final ResidualTracker tracker;
        private final int memory;
        private final int samples;
        private final Tensor dots;
        private final Tensor weights;
        private final Tensor stepsBack;
        private final Program keepStart;
        private final Program advance;
        private final Program mix;
        private final Program[] store;

        Prepared(Anderson solver, FixedPointMap map, Stopping stopping) {
            this.solver = solver;
            this.map = map;
            Backend backend = map.backend();
            Tensor state = map.state();
            Tensor next = map.next();
            tracker = new ResidualTracker(map, solver.measure, solver.tolerance, stopping, next);
            memory = Math.min(solver.memory, solver.maxIterations);
            samples = state.dim(0);
            dots = backend.allocate(samples, memory);
            weights = backend.allocate(samples, memory);
            stepsBack = backend.allocate(samples, memory);
            History values = History.allocate(backend, memory, state);
            History residuals = History.allocate(backend, memory, state);
            keepStart = backend.record("keep start", k -> k.copy(state, tracker.best()));
            advance = backend.record("advance", k -> k.copy(next, state));
            store = new Program[memory];
            for (int j = 0; j < memory; j++) {
                Tensor value = values.get(j);
                Tensor residual = residuals.get(j);
                store[j] =
                        backend.record(
                                "store",
                                k -> {
                                    k.copy(next, value);
                                    k.copy(next, residual);
                                    k.mix(-1, state, 1, residual);
                                    k.innerProducts(residuals.all(), residual, dots);
                                });
            }
            // Σ α (τ f + (1 − τ) z) = Σ α f − (1 − τ) Σ α (f − z)
            mix =
                    backend.record(
                            "mix",
                            k -> {
                                k.combine(weights, values.all(), 0, state);
                                if (solver.damping < 1) {
                                    k.combine(stepsBack, residuals.all(), 1, state);
                                }
                            });
        }

        @Override
        public Statistics run() {
            AndersonSystem[] systems = new AndersonSystem[samples];
            for (int b = 0; b < samples; b++) {
                systems[b] = new AndersonSystem(memory, solver.ridge);
            }
            keepStart.run();
            tracker.begin(START_UP, 0);
            for (int k = 0; k < solver.maxIterations; k++) {
                map.apply();
                boolean over = tracker.measure();
                tracker.keep();
                if (over || k + 1 == solver.maxIterations) {
                    break;
                }
                store[k % memory].run();
                weigh(systems, k);
                if (k + 1 < START_UP) {
                    advance.run();
                } else {
                    mix.run();
                }
            }
            return tracker.statistics();
        }

        // fills the weights of what evaluations 0 … k have stored
        private void weigh(AndersonSystem[] systems, int k) {
            int states = Math.min(k + 1, memory);
            double[] products = Doubles.get(dots);
            double[] alpha = new double[samples * memory];
            for (int b = 0; b < samples; b++) {
                systems[b].set(k % memory, products, b * memory, states);
                if (k + 1 >= START_UP && tracker.active(b)) {
                    systems[b].solve(states, k % memory, alpha, b * memory);
                }
            }
            Doubles.set(weights, alpha);
            if (solver.damping < 1) {
                for (int i = 0; i < alpha.length; i++) {
                    alpha[i] *= solver.damping - 1;
                }
                Doubles.set(stepsBack, alpha);
            }
        }

        @Override
        public Tensor best() {
            return tracker.best();
        }
    }
}
