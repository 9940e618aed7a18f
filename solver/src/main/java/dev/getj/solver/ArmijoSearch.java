package dev.getj.solver;

/**
 * A backtracking line search for one sample (Dennis and Schnabel 1983, algorithm A6.3.1): steps of
 * length 1, then minimisers of the parabola through what is known, kept within a tenth and a half
 * of the last, until {@code φ(s) ≤ (1 − 1e-4 s) φ(0)} for {@code φ = ‖g‖²}. Where no step above
 * 0.01 will do, the one of lowest φ is taken.
 */
final class ArmijoSearch {
    private static final double SUFFICIENT = 1e-4;
    private static final double SHORTEST = 1e-2;

    private final double before;
    private double step = 1;
    private double lowest = Double.POSITIVE_INFINITY;
    private double stepOfLowest = 1;
    private boolean last;

    /**
     * @param residual ‖g‖ where the search begins
     */
    ArmijoSearch(double residual) {
        before = residual * residual;
    }

    /** The step to evaluate next, or the one that was chosen. */
    double step() {
        return step;
    }

    /**
     * Takes note of ‖g‖ after {@link #step}; true if that step is the one, otherwise there is
     * another one to evaluate.
     */
    boolean accept(double residual) {
        double after = residual * residual;
        // not the negation: a NaN must fail both
        if (last || after <= (1 - SUFFICIENT * step) * before || Double.isNaN(before)) {
            return true;
        }
        if (after < lowest) {
            lowest = after;
            stepOfLowest = step;
        }
        // the slope of φ along a Newton step is −2 φ(0)
        double parabola = before * step * step / (after - before + 2 * before * step);
        double shorter =
                Double.isFinite(parabola)
                        ? Math.clamp(parabola, 0.1 * step, 0.5 * step)
                        : 0.5 * step;
        if (shorter < SHORTEST) {
            last = true;
            if (stepOfLowest == step) {
                return true;
            }
            step = stepOfLowest;
            return false;
        }
        step = shorter;
        return false;
    }
}
