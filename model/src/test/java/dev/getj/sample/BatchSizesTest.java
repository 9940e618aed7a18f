package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

class BatchSizesTest {
    @Test
    void eachSizeIsAQuarterOfTheNext() {
        assertEquals(List.of(1, 4, 16, 64), BatchSizes.upTo(64).sizes());
        assertEquals(List.of(1, 2, 8), BatchSizes.upTo(8).sizes());
        assertEquals(List.of(1), BatchSizes.upTo(1).sizes());
        assertThrows(IllegalArgumentException.class, () -> BatchSizes.upTo(0));
    }

    @Test
    void noBatchIsFilledToLessThanThreeQuarters() {
        BatchSizes sizes = BatchSizes.upTo(64);
        for (int wanted = 1; wanted <= 64; wanted++) {
            int size = sizes.filledBy(wanted);
            assertTrue(sizes.sizes().contains(size));
            assertTrue(4 * wanted >= 3 * size, wanted + " images in a batch of " + size);
        }
        assertEquals(64, sizes.filledBy(48));
        assertEquals(16, sizes.filledBy(47));
        assertEquals(4, sizes.filledBy(3));
        assertEquals(1, sizes.filledBy(2));
    }

    @Test
    void whereProgramsAreDearOneThatIsThereHoldsThemAll() {
        BatchSizes sizes = BatchSizes.upTo(64);
        assertEquals(4, sizes.holding(2, Set.of()));
        assertEquals(64, sizes.holding(2, Set.of(1, 64)));
        assertEquals(64, sizes.holding(17, Set.of(16)));
    }
}
