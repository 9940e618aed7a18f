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
}
