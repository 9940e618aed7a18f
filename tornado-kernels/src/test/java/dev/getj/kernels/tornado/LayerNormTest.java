package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LayerNormTest {
    @Test
    void fewRowsHaveMoreWorkItems() {
        assertEquals(128, LayerNorm.lanes(256, 768), "one sample");
        assertEquals(32, LayerNorm.lanes(16384, 768));
    }

    @Test
    void everyElementHasAnItemThatHoldsIt() {
        assertEquals(32, LayerNorm.lanes(1, 12));
        assertEquals(64, LayerNorm.lanes(16384, 1025));
        assertEquals(256, LayerNorm.lanes(16384, LayerNorm.WIDEST));
        assertThrows(
                IllegalArgumentException.class, () -> LayerNorm.lanes(1, LayerNorm.WIDEST + 1));
    }
}
