package dev.getj.solver;

import java.util.Objects;

/**
 * A part of the way to an equilibrium: a solve that is not differentiated, then what is. The next
 * slice goes on from its last state; no gradient passes from one slice to another.
 *
 * @param solver the solve; null for none
 * @param gradient what follows
 */
public record Slice(Solver solver, Gradient gradient) {
    public Slice {
        Objects.requireNonNull(gradient, "gradient");
    }
}
