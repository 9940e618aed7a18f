package dev.getj.kernels.tornado.norm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LayerNormTest {
    @Test
    void fewRowsHaveMoreWorkItems() {
        assertEquals(128, lanes(256, 768, 132), "one sample");
        assertEquals(32, lanes(16384, 768, 132));
    }

    @Test
    void aSmallDeviceIsBusyWithFewer() {
        assertEquals(32, lanes(256, 768, 2));
        assertEquals(64, lanes(4, 768, 1));
    }

    @Test
    void everyElementHasAnItemThatHoldsIt() {
        assertEquals(32, lanes(1, 12, 132));
        assertEquals(64, lanes(16384, 1025, 132));
        assertEquals(256, lanes(16384, LayerNorm.WIDEST, 132));
        assertThrows(IllegalArgumentException.class, () -> lanes(1, LayerNorm.WIDEST + 1, 132));
    }

    @Test
    void itemsTakeSeveralRowsWhereEveryProcessorIsBusyNevertheless() {
        assertEquals(4, LayerNorm.turns(8448, 32, 132));
        assertEquals(1, LayerNorm.turns(8447, 32, 132));
        assertEquals(1, LayerNorm.turns(16384, 64, 132));
        assertEquals(132, LayerNorm.geometry(8448 / 2, 32, 4).globalX() / 256);
    }

    private static int lanes(int rows, int width, int processors) {
        return LayerNorm.lanes(rows, width, LayerNorm.HELD, processors);
    }
}
