package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.CounterRandom;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** Everything that is told by the nearest of other images. */
class NeighboursTest {
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.jvm(2);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static float[] uniform(int seed, int count, double low, double high) {
        float[] values = new float[count];
        for (int e = 0; e < count; e++) {
            values[e] = (float) CounterRandom.uniform(seed, e, 0, low, high);
        }
        return values;
    }

    /** More queries than are asked at once, and a set far from the origin. */
    @Test
    void distancesAreThoseOfPlainLoops() {
        float[] set = uniform(1, 37 * 5, 99, 101);
        float[] queries = uniform(2, 70 * 5, 99, 101);
        int[] visited = new int[1];
        new Distances(backend, set, 5)
                .visit(
                        queries,
                        (i, squared) -> {
                            assertEquals(visited[0]++, i);
                            for (int j = 0; j < 37; j++) {
                                double expected = 0;
                                for (int e = 0; e < 5; e++) {
                                    double apart = (double) queries[i * 5 + e] - set[j * 5 + e];
                                    expected += apart * apart;
                                }
                                assertEquals(expected, squared[j], 2e-5);
                            }
                        });
        assertEquals(70, visited[0]);
    }

    /** On a line of unit steps every ball has radius 2 (in the middle) or 3 (at the ends). */
    @Test
    void precisionAndRecallOnALine() {
        float[] data = new float[20];
        for (int i = 0; i < 20; i++) {
            data[i] = i;
        }
        // three near the line, one beyond its end's ball, one far away
        float[] samples = {4.4f, 4.5f, 4.6f, 22.5f, 90};
        PrecisionRecall found = PrecisionRecall.of(backend, samples, data, 1);
        assertEquals(3.0 / 5, found.precision());
        // the balls of 4.4, 4.5 and 4.6 reach to 22.5, all of the line; so do the others
        assertEquals(1, found.recall());

        PrecisionRecall same = PrecisionRecall.of(backend, data, data, 1);
        assertEquals(new PrecisionRecall(1, 1), same);
        float[] half = Arrays.copyOf(data, 10);
        PrecisionRecall narrow = PrecisionRecall.of(backend, half, data, 1);
        assertEquals(1, narrow.precision());
        // up to 9, and 10, 11, 12 within the last one's ball
        assertEquals(13.0 / 20, narrow.recall());
        assertThrows(
                IllegalArgumentException.class,
                () -> PrecisionRecall.of(backend, new float[3], data, 1));
    }

    @Test
    void copiesAreFoundAndNewImagesAreNot() {
        float[] data = uniform(3, 500 * 8, -1, 1);
        float[] fresh = uniform(4, 300 * 8, -1, 1);
        Memorisation honest = Memorisation.of(backend, fresh, data, 8);
        assertTrue(honest.copies() < 0.03, "copies " + honest.copies());
        assertEquals(honest.dataDistance(), honest.distance(), 0.05);

        System.arraycopy(data, 7 * 8, fresh, 5 * 8, 8);
        System.arraycopy(data, 9 * 8, fresh, 0, 8);
        fresh[0] += 1e-3f;
        Memorisation copied = Memorisation.of(backend, fresh, data, 8);
        assertEquals(honest.copies() + 2.0 / 300, copied.copies(), 1.5 / 300);
        assertEquals(new Memorisation.Match(5, 7, 0), copied.nearest().get(0));
        assertEquals(0, copied.nearest().get(1).sample());
        assertEquals(9, copied.nearest().get(1).image());
        assertEquals(1e-3, copied.nearest().get(1).distance(), 1e-6);
        assertEquals(1, Memorisation.of(backend, data, data, 8).copies());
    }
}
