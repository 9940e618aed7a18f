package dev.getj.solver;

/**
 * Which residual of a sample is compared with the tolerance, and by which the best iterate is
 * chosen.
 */
public enum StopMeasure {
    /** {@code ‖f(z) − z‖₂}. */
    ABSOLUTE,
    /** {@code ‖f(z) − z‖₂ / (‖f(z)‖₂ + 1e-9)}. */
    RELATIVE
}
