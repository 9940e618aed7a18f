package dev.getj.bench;

import java.util.Map;

/**
 * How long contenders took for the same work, the first of them getj.
 *
 * @param flops floating-point operations of a run by the textbook's count
 */
record Comparison(String label, double flops, Map<String, Race.Times> times) {
    static final String GETJ = "getj";

    double gflops(String contender) {
        return flops / times.get(contender).medianMs() * 1e-6;
    }

    /** getj's median over that of its fastest peer: below 1, getj is faster. */
    double ratio() {
        double best =
                times.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(GETJ))
                        .mapToDouble(entry -> entry.getValue().medianMs())
                        .min()
                        .orElse(Double.NaN);
        return times.get(GETJ).medianMs() / best;
    }
}
