package dev.getj.study;

/** Quantiles of Student's t distribution with a whole number of degrees of freedom. */
final class StudentT {
    private static final int HALVINGS = 100;

    private StudentT() {}

    /**
     * The t that a variate stays within, up or down, with a probability.
     *
     * @param probability in (0, 1), such as 0.95
     * @param freedom degrees of freedom, at least 1
     */
    static double twoSided(double probability, int freedom) {
        double low = 0;
        double high = Math.PI / 2;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (within(middle, freedom) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.sqrt(freedom) * Math.tan(low);
    }

    /**
     * The probability of {@code |t| < √n tan θ} with n degrees of freedom, a finite sum (Abramowitz
     * and Stegun, 26.7.3 and 26.7.4): odd n, {@code 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + …))}, even
     * n, {@code sin θ (1 + 1/2 cos² θ + 1·3/(2·4) cos⁴ θ + …)}.
     */
    private static double within(double angle, int freedom) {
        boolean odd = freedom % 2 == 1;
        double cosine = Math.cos(angle);
        double term = odd ? cosine : 1;
        double sum = 0;
        for (int k = odd ? 1 : 0; k <= freedom - 2; k += 2) {
            sum += term;
            term *= cosine * cosine * (k + 1) / (k + 2);
        }
        double sine = Math.sin(angle);
        return odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }
}
