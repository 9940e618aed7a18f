package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RowMajorTest {
    @Test
    void refusesRowsBeyondWhatItCanAddress() {
        float[] none = new float[0];
        assertThrows(IllegalArgumentException.class, () -> new RowMajor(none, 0, 128, 1 << 24));
        assertThrows(IllegalArgumentException.class, () -> new RowMajor(none, 0, 1, 1 << 25));
    }
}
