package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.stream.LongStream;

class ShuffleTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 17, 64, 65, 1000, 4097})
    void everyEpochVisitsEachItemOnce(int count) {
        Shuffle shuffle = new Shuffle(count, 42);
        for (int epoch = 0; epoch < 5; epoch++) {
            boolean[] seen = new boolean[count];
            for (int i = 0; i < count; i++) {
                int index = (int) shuffle.index((long) epoch * count + i);
                assertFalse(seen[index], "item " + index + " twice in epoch " + epoch);
                seen[index] = true;
            }
        }
    }

    @Test
    void seedsAndEpochsHaveOrdersOfTheirOwn() {
        assertNotEquals(Arrays.toString(order(1, 0)), Arrays.toString(order(1, 1)));
        assertNotEquals(Arrays.toString(order(1, 0)), Arrays.toString(order(2, 0)));
        assertEquals(Arrays.toString(order(1, 3)), Arrays.toString(order(1, 3)));
    }

    private static long[] order(long seed, long epoch) {
        Shuffle shuffle = new Shuffle(100, seed);
        return LongStream.range(0, 100).map(i -> shuffle.index(epoch * 100 + i)).toArray();
    }

    /**
     * Chi-squared over where the first item of an epoch lands and over what follows item 3: 10 and
     * 9 cells.
     */
    @Test
    void positionsAndNeighboursAreUniform() {
        int epochs = 20_000;
        int[] first = new int[10];
        int[] afterThree = new int[10];
        Shuffle shuffle = new Shuffle(10, 9);
        for (long epoch = 0; epoch < epochs; epoch++) {
            first[(int) shuffle.index(epoch * 10)]++;
            for (int i = 0; i < 9; i++) {
                if (shuffle.index(epoch * 10 + i) == 3) {
                    afterThree[(int) shuffle.index(epoch * 10 + i + 1)]++;
                }
            }
        }
        assertEquals(0, afterThree[3]);
        assertTrue(chiSquared(first, epochs / 10.0) < 40, Arrays.toString(first));
        afterThree[3] = epochs / 10;
        assertTrue(chiSquared(afterThree, epochs / 10.0) < 40, Arrays.toString(afterThree));
    }

    private static double chiSquared(int[] cells, double expected) {
        return Arrays.stream(cells)
                .mapToDouble(n -> (n - expected) * (n - expected) / expected)
                .sum();
    }

    @Test
    void hugeSetsNeedNoMemory() {
        Shuffle shuffle = new Shuffle((1L << 59) + 1, 1);
        long[] drawn = LongStream.range(0, 1000).map(shuffle::index).distinct().toArray();
        assertEquals(1000, drawn.length);
        assertTrue(Arrays.stream(drawn).max().orElseThrow() > 1L << 58);
    }

    @Test
    void refusesNonsense() {
        assertThrows(IllegalArgumentException.class, () -> new Shuffle(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Shuffle(5, 1).index(-1));
    }
}
