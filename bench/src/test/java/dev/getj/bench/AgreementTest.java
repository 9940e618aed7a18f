package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;

class AgreementTest {
    private static final Contender FIRST = new Fixed("first", 2, -4);

    private static void compare(float... values) {
        Agreement.require(List.of(FIRST, new Fixed("second", values)), 1e-3);
    }

    @Test
    void differencesAreOfTheLargestValue() {
        compare(2.003f, -4);
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> compare(2.008f, -4));
        assertEquals(
                "first and second differ by 0.00200 of the largest value, 0.00100 is allowed",
                refused.getMessage());
    }

    @Test
    void neitherNanNorAnotherLengthAgrees() {
        assertThrows(IllegalStateException.class, () -> compare(2, Float.NaN));
        assertThrows(IllegalStateException.class, () -> compare(2));
    }

    @Test
    void zerosAreNothingToCompare() {
        List<Contender> zeros = List.of(new Fixed("first", 0, 0), new Fixed("second", 0, 0));
        assertThrows(IllegalStateException.class, () -> Agreement.require(zeros, 1e-3));
    }
}
