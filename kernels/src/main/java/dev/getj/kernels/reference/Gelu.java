package dev.getj.kernels.reference;

/**
 * The exact GELU, {@code x·Φ(x)}, and its derivative {@code Φ(x) + x·φ(x)}, with erf to double
 * precision.
 */
public final class Gelu {
    private Gelu() {}

    /** {@code x·Φ(x)}. */
    public static double value(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    /** {@code Φ(x) + x·φ(x)}. */
    public static double derivative(double x) {
        return 0.5 * (1 + erf(x / Math.sqrt(2)))
                + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    /**
     * The error function: Taylor series near 0, continued fraction of erfc beyond; absolute error
     * below 1e-15.
     */
    public static double erf(double x) {
        double a = Math.abs(x);
        if (a > 6) {
            return Math.signum(x);
        }
        return a < 2.5 ? series(x) : Math.signum(x) * (1 - complement(a));
    }

    // Abramowitz and Stegun 7.1.6: all terms have one sign, so nothing cancels
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    // Abramowitz and Stegun 7.1.14
    private static double complement(double x) {
        double fraction = 0;
        for (int n = 80; n > 0; n--) {
            fraction = 0.5 * n / (x + fraction);
        }
        return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
    }
}
