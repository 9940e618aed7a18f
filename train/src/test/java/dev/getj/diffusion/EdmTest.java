package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class EdmTest {
    @Test
    void theScheduleIsTheReferences() {
        double[] levels = Edm.schedule(18);
        assertEquals(19, levels.length);
        assertEquals(80, levels[0], 1e-12);
        assertEquals(57.58598472124816, levels[1], 1e-11);
        assertEquals(12.91008238075732, levels[5], 1e-11);
        assertEquals(1.9233398370400518, levels[9], 1e-12);
        assertEquals(0.0075280199627840785, levels[16], 1e-14);
        assertEquals(0.002, levels[17], 1e-15);
        assertEquals(0, levels[18]);
        assertThrows(IllegalArgumentException.class, () -> Edm.schedule(1));
    }

    /**
     * Section 5 of the paper: unit variance at the network's input and target, and a weight that
     * undoes c_out.
     */
    @Test
    void preconditioningKeepsUnitVariance() {
        Edm edm = Edm.STANDARD;
        for (double sigma : new double[] {0.002, 0.1, 0.5, 3, 80}) {
            assertEquals(1, edm.cIn(sigma) * edm.cIn(sigma) * (0.25 + sigma * sigma), 1e-12);
            double left = 1 - edm.cSkip(sigma);
            double target =
                    (left * left * 0.25 + edm.cSkip(sigma) * edm.cSkip(sigma) * sigma * sigma);
            assertEquals(1, target / (edm.cOut(sigma) * edm.cOut(sigma)), 1e-12);
            assertEquals(1, edm.lossWeight(sigma) * edm.cOut(sigma) * edm.cOut(sigma), 1e-12);
        }
        assertEquals(0.5, Edm.cNoise(Math.exp(2)), 1e-15);
        assertEquals(Math.exp(-1.2), Edm.trainingSigma(0), 1e-15);
        assertEquals(1, Edm.trainingSigma(1), 1e-15);
    }

    /**
     * Appendix B.6: c_skip makes c_out smallest, that is, input and target of F are uncorrelated;
     * and where the data is N(0, σ_data²) nothing is left for F, since the ideal denoiser is then
     * {@code σd² / (σ² + σd²) x}.
     */
    @Test
    void preconditioningAgreesWithItsClosedForm() {
        Edm edm = new Edm(0.8);
        for (double sigma : new double[] {0.002, 0.1, 0.8, 3, 80}) {
            double data2 = 0.8 * 0.8;
            double variance = data2 + sigma * sigma;
            double correlation =
                    edm.cIn(sigma) / edm.cOut(sigma) * (data2 - edm.cSkip(sigma) * variance);
            assertEquals(0, correlation, 1e-12);
            assertEquals(data2 / variance, edm.cSkip(sigma), 1e-15);
        }
        assertEquals(0.5, edm.cSkip(0.8), 1e-15);
        assertEquals(0.8 / Math.sqrt(2), edm.cOut(0.8), 1e-15);
        assertEquals(1 / (0.8 * Math.sqrt(2)), edm.cIn(0.8), 1e-15);
        assertEquals(2 / (0.8 * 0.8), edm.lossWeight(0.8), 1e-14);
        float[] input = new float[1];
        float[] target = new float[1];
        edm.example(new float[] {0.3f}, new float[] {-1.5f}, 0.4, 0, 1, input, target);
        double x = 0.3 - 0.4 * 1.5;
        assertEquals(x / Math.sqrt(0.8), input[0], 1e-6);
        assertEquals((0.3 - 0.8 * x) / (0.4 * 0.8 / Math.sqrt(0.8)), target[0], 1e-6);
    }
}
