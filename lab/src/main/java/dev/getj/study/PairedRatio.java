package dev.getj.study;

/**
 * How values of one network compare with those of another over the same seeds.
 *
 * @param mean geometric, of the ratios of each seed
 * @param low where the interval of the mean begins; null with one seed
 * @param high where it ends
 */
record PairedRatio(double mean, Double low, Double high) {
    /** Of the intervals: in so many of a hundred studies they hold the true mean. */
    private static final double CONFIDENCE = 0.95;

    /**
     * The mean of {@code over[s] / under[s]} with Student's interval of its logarithm: {@code exp(d
     * ± t s/√n)}, with mean d and standard deviation s of the n logarithms.
     *
     * @param over positive, one value a seed
     * @param under of the same seeds in the same order
     */
    static PairedRatio of(double[] over, double[] under) {
        int n = over.length;
        double[] logs = new double[n];
        double mean = 0;
        for (int i = 0; i < n; i++) {
            logs[i] = Math.log(over[i] / under[i]);
            mean += logs[i] / n;
        }
        if (n == 1) {
            return new PairedRatio(Math.exp(mean), null, null);
        }
        double squares = 0;
        for (double log : logs) {
            squares += (log - mean) * (log - mean);
        }
        double deviation = Math.sqrt(squares / (n - 1));
        double half = StudentT.twoSided(CONFIDENCE, n - 1) * deviation / Math.sqrt(n);
        return new PairedRatio(Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
    }
}
