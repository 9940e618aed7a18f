package dev.getj.solver;

/**
 * The gradient by the implicit function theorem (Bai, Kolter and Koltun 2019): one tracked step
 * {@code z = f(z*)} from where the solver stopped; in the backward pass, the adjoint {@code g = Jᵀ g +
 * ∂L/∂z} is solved from g = 0, and g goes through the tracked step to the parameters. Memory does
 * not depend on the number of iterations.
 *
 * @param backward solves the adjoint equation
 * @param jacobian where J is taken
 */
public record ImplicitGradient(Solver backward, Jacobian jacobian) implements Gradient {
    /** Where the Jacobian of the adjoint equation is taken. */
    public enum Jacobian {
        /** At the new state z, by one more evaluation of f (TorchDEQ's {@code ift}). */
        NEW_STATE,
        /** At z*, reusing the tracked step (TorchDEQ's {@code hook_ift}). */
        TRACKED_STEP
    }

    /** With the Jacobian at the new state. */
    public static ImplicitGradient of(Solver backward) {
        return new ImplicitGradient(backward, Jacobian.NEW_STATE);
    }
}
