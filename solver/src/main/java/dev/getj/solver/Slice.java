package dev.getj.solver;

import java.util.Objects;
import java.util.Optional;

/**
 * A part of the path to an equilibrium: a solve that is not differentiated, then what is. The next
 * slice resumes from its last state; no gradient passes from one slice to another.
 *
 * @param solver the solve, if there is one
 * @param gradient what follows
 */
public record Slice(Optional<Solver> solver, Gradient gradient) {
    public Slice {
        Objects.requireNonNull(solver, "solver");
        Objects.requireNonNull(gradient, "gradient");
    }

    /** A solve, then what is differentiated. */
    public static Slice of(Solver solver, Gradient gradient) {
        return new Slice(Optional.of(solver), gradient);
    }

    /** Nothing but what is differentiated. */
    public static Slice of(Gradient gradient) {
        return new Slice(Optional.empty(), gradient);
    }
}
