package dev.getj.model;

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
     */
    record Unrolled(int steps, List<Integer> supervised) implements Estimator {
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
            if (steps < 1) {
                return new Unrolled(steps, List.of());
            }
            return new Unrolled(steps, GradientSteps.every(gap, steps, 1).supervised());
        }

        @Override
        public Slice slice() {
            return new Slice(null, GradientSteps.at(steps, 1, supervised));
        }
    }

    /**
     * A solve that is not differentiated, then damped steps that are (Geng et al. 2021).
     *
     * @param steps k ≥ 1
     * @param damping τ of {@code z ← τ f(z) + (1 − τ) z}, in (0, 1]
     * @param supervised steps, from 1 to k and ascending, whose states are decoded
     */
    record Phantom(Solver solver, int steps, double damping, List<Integer> supervised)
            implements Estimator {
        /**
         * @throws IllegalArgumentException if a value is outside its range
         */
        public Phantom {
            supervised = GradientSteps.at(steps, damping, supervised).supervised();
        }

        @Override
        public Slice slice() {
            return new Slice(solver, GradientSteps.at(steps, damping, supervised));
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
            return new Slice(solver, new ImplicitGradient(backward, jacobian));
        }
    }

    /** The same in the solver's terms. */
    Slice slice();

    /** Supervised states of one slice. */
    default int states() {
        return switch (this) {
            case Unrolled unrolled -> unrolled.supervised.size();
            case Phantom phantom -> phantom.supervised.size();
            case Implicit _ -> 1;
        };
    }
}
