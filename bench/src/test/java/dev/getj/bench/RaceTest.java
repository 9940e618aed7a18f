package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class RaceTest {
    @Test
    void mediansOfEvenAndOddCounts() {
        assertEquals(new Race.Times(2, 1, 9, 3), Race.Times.of(new double[] {9, 1, 2}));
        assertEquals(new Race.Times(3, 1, 9, 4), Race.Times.of(new double[] {9, 1, 2, 4}));
    }

    @Test
    void everybodyIsTimedInEveryRound() {
        Race race = new Race(0, 3, 0);
        Map<String, Race.Times> times =
                race.run(List.of(new Fixed("getj", 1), new Fixed("peer", 1)), 1e-3);
        assertEquals(List.of("getj", "peer"), List.copyOf(times.keySet()));
        times.values().forEach(each -> assertEquals(3, each.runs()));
    }

    @Test
    void theRatioIsToTheFastestPeer() {
        Race.Times four = new Race.Times(4, 4, 4, 1);
        Race.Times five = new Race.Times(5, 5, 5, 1);
        Race.Times eight = new Race.Times(8, 8, 8, 1);
        Comparison comparison =
                new Comparison("work", 16e6, Map.of("getj", four, "a", eight, "b", five));
        assertEquals(0.8, comparison.ratio(), 1e-12);
        assertEquals(4, comparison.gflops("getj"), 1e-12);
    }
}
