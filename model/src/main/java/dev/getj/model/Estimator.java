package dev.getj.model;

import dev.getj.kernels.tensor.Philox;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.ImplicitGradient;
import dev.getj.solver.Slice;
import dev.getj.solver.Solver;

import java.util.List;

/** How training goes to the equilibrium and back: which gradient of it is taken. */
public sealed interface Estimator {
    /**
     * Steps from z₀, all differentiated: the paper's way.
     *
     * @param steps k, applications of the equilibrium map
     * @param supervised steps, from 1 to k and ascending, whose states are decoded
     * @param memory whether a step keeps what its derivative needs, or its state alone
     */
    record Unrolled(int steps, List<Integer> supervised, GradientSteps.Memory memory)
            implements Estimator {
        /**
         * @throws IllegalArgumentException if a value is outside its range
         */
        public Unrolled {
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "at least 1 iteration must be unrolled, not " + steps);
            }
            supervised = GradientSteps.at(steps, 1, supervised).supervised();
        }

        /** All states supervised. */
        public static Unrolled of(int steps) {
            return every(1, steps);
        }

        /** Every {@code gap}-th state supervised, and the last. */
        public static Unrolled every(int gap, int steps) {
            return steps < 1
                    ? at(steps, List.of())
                    : at(steps, GradientSteps.every(gap, steps, 1).supervised());
        }

        /** The named states supervised, and the last. */
        public static Unrolled at(int steps, List<Integer> supervised) {
            return new Unrolled(steps, supervised, GradientSteps.Memory.STORE);
        }

        /** The same, keeping one state a step and evaluating f once more in the backward pass. */
        public Unrolled recomputing() {
            return new Unrolled(steps, supervised, GradientSteps.Memory.RECOMPUTE);
        }

        @Override
        public Slice slice() {
            return Slice.of(new GradientSteps(steps, 1, supervised, memory));
        }
    }

    /**
     * Plain steps from z₀ that are not differentiated, as many as are drawn for each batch, then
     * steps that are: a network that is to be good after any number of steps, at the cost of the
     * last ones (Geiping et al. 2025 train recurrent-depth transformers so).
     *
     * @param least steps that are not differentiated, at least 0
     * @param most of them; each number from least to most is as probable
     * @param steps k ≥ 1, applications of the equilibrium map that are differentiated
     * @param supervised of these, from 1 to k and ascending, whose states are decoded
     * @param memory whether a step keeps what its derivative needs, or its state alone
     */
    record Truncated(
            int least, int most, int steps, List<Integer> supervised, GradientSteps.Memory memory)
            implements Estimator {
        private static final int MOST = 10_000;

        /**
         * @throws IllegalArgumentException if a value is outside its range
         */
        public Truncated {
            if (least < 0 || most < least || most > MOST) {
                throw new IllegalArgumentException(
                        "the steps before those that are differentiated must be from 0 to %s, the least first: %s to %s"
                                .formatted(MOST, least, most));
            }
            supervised = GradientSteps.at(steps, 1, supervised).supervised();
        }

        /** The same, keeping one state a step and evaluating f once more in the backward pass. */
        public Truncated recomputing() {
            return new Truncated(least, most, steps, supervised, GradientSteps.Memory.RECOMPUTE);
        }

        /** How many steps are not differentiated in the batch of a seed. */
        int before(long seed) {
            int[] words = new int[4];
            Philox.generate(0, 0, 0, 0, (int) seed, (int) (seed >>> 32), words);
            return least + (int) Math.floorMod(Integer.toUnsignedLong(words[0]), most - least + 1L);
        }

        @Override
        public Slice slice() {
            return Slice.of(new GradientSteps(steps, 1, supervised, memory));
        }
    }

    /**
     * A solve that is not differentiated, then damped steps that are (Geng et al. 2021).
     *
     * @param steps k ≥ 1
     * @param damping τ of {@code z ← τ f(z) + (1 − τ) z}, in (0, 1]
     * @param supervised steps, from 1 to k and ascending, whose states are decoded
     * @param memory whether a step keeps what its derivative needs, or its state alone
     */
    record Phantom(
            Solver solver,
            int steps,
            double damping,
            List<Integer> supervised,
            GradientSteps.Memory memory)
            implements Estimator {
        /**
         * @throws IllegalArgumentException if a value is outside its range
         */
        public Phantom {
            supervised = GradientSteps.at(steps, damping, supervised).supervised();
        }

        /** The named states supervised, and the last. */
        public static Phantom at(
                Solver solver, int steps, double damping, List<Integer> supervised) {
            return new Phantom(solver, steps, damping, supervised, GradientSteps.Memory.STORE);
        }

        /** The same, keeping one state a step and evaluating f once more in the backward pass. */
        public Phantom recomputing() {
            return new Phantom(solver, steps, damping, supervised, GradientSteps.Memory.RECOMPUTE);
        }

        @Override
        public Slice slice() {
            return Slice.of(solver, new GradientSteps(steps, damping, supervised, memory));
        }
    }

    /**
     * A solve, differentiated by the implicit function theorem (Bai, Kolter and Koltun 2019).
     *
     * @param backward solves the adjoint equation
     * @param jacobian where the Jacobian is taken
     */
    record Implicit(Solver solver, Solver backward, ImplicitGradient.Jacobian jacobian)
            implements Estimator {
        @Override
        public Slice slice() {
            return Slice.of(solver, new ImplicitGradient(backward, jacobian));
        }
    }

    /** The same in the solver's terms. */
    Slice slice();

    /** Supervised states of one slice. */
    default int states() {
        return switch (this) {
            case Unrolled unrolled -> unrolled.supervised.size();
            case Truncated truncated -> truncated.supervised.size();
            case Phantom phantom -> phantom.supervised.size();
            case Implicit _ -> 1;
        };
    }
}
