package dev.getj.equilibrium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MeanTraceTest {
    private static final double LEAST = 8 * Math.pow(2, -24);

    @Test
    void itIsGeometricAndLeavesOutWhatIsMissingOrNotFinite() {
        double[][] traces = {{8, 1, Double.NaN}, {2, 0.01}, {4, Double.POSITIVE_INFINITY, 3}};
        assertArrayEquals(new double[] {4, 0.1, 3}, MeanTrace.of(traces), 1e-12);
        assertEquals(Double.NaN, MeanTrace.of(new double[][] {{Double.NaN}})[0]);
    }

    @Test
    void aResidualOfZeroLeavesTheCurveOnTheChart() {
        double[] mean = MeanTrace.of(new double[][] {{8, 0, 0}, {8, 1e-3, 0}});
        assertEquals(8, mean[0], 1e-12);
        assertEquals(Math.sqrt(LEAST * 1e-3), mean[1], 1e-12);
        assertEquals(LEAST, mean[2], 1e-18);
    }
}
