package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Averages by powers of time, and sums of them, against averages that were tracked. */
class PowerFitTest {
    private static final int STEPS = 2000;
    private static final int EVERY = 100;

    /** The average of a walk by a profile, as it is tracked, after each step. */
    private static double[] tracked(double[] walk, PowerProfile profile) {
        double[] averages = new double[walk.length];
        double average = Double.NaN;
        for (int t = 1; t < walk.length; t++) {
            double kept = profile.kept(t);
            average = kept == 0 ? walk[t] : kept * average + (1 - kept) * walk[t];
            averages[t] = average;
        }
        return averages;
    }

    private static double[] walk() {
        Random random = new Random(3);
        double[] walk = new double[STEPS + 1];
        for (int t = 1; t <= STEPS; t++) {
            walk[t] = walk[t - 1] + random.nextGaussian();
        }
        return walk;
    }

    private static List<PowerFit.Average> snapshots() {
        List<PowerFit.Average> snapshots = new ArrayList<>();
        for (int step = EVERY; step <= STEPS; step += EVERY) {
            for (PowerProfile profile : PowerAverages.PROFILES) {
                snapshots.add(new PowerFit.Average(profile, step));
            }
        }
        return snapshots;
    }

    private static double sum(PowerFit fit, double[] walk) {
        double sum = 0;
        List<PowerFit.Average> snapshots = snapshots();
        for (int i = 0; i < snapshots.size(); i++) {
            PowerFit.Average each = snapshots.get(i);
            sum += fit.coefficients()[i] * tracked(walk, each.profile())[(int) each.step()];
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.03, 0.05, 0.07, 0.1, 0.15, 0.2})
    void anAverageOfAnyLengthIsASumOfSnapshots(double length) {
        double[] walk = walk();
        PowerProfile wanted = PowerProfile.ofLength(length);
        PowerFit fit = PowerFit.of(snapshots(), new PowerFit.Average(wanted, STEPS));
        double direct = tracked(walk, wanted)[STEPS];
        // what is left of the weighting, times how far the walk strays
        double spread = 0;
        for (int t = 1; t <= STEPS; t++) {
            spread = Math.max(spread, Math.abs(walk[t] - direct));
        }
        assertTrue(fit.misfit() < 0.03, length + ": misfit " + fit.misfit());
        assertEquals(direct, sum(fit, walk), 0.01 * spread);
        // a weight that does not move stays
        assertEquals(1, Arrays.stream(fit.coefficients()).sum(), 1e-9);
    }

    @Test
    void anAverageInTheMiddleOfTheRunIsMetToo() {
        double[] walk = walk();
        PowerProfile wanted = PowerProfile.ofLength(0.08);
        int step = STEPS / 2;
        PowerFit fit = PowerFit.of(snapshots(), new PowerFit.Average(wanted, step));
        assertEquals(tracked(walk, wanted)[step], sum(fit, walk), 0.2);
    }

    @Test
    void snapshotsOfTheFirstStepDoNoHarm() {
        List<PowerFit.Average> all = new ArrayList<>();
        for (int step = 1; step <= 6; step++) {
            for (PowerProfile profile : PowerAverages.PROFILES) {
                all.add(new PowerFit.Average(profile, step));
            }
        }
        PowerFit fit = PowerFit.of(all, new PowerFit.Average(PowerProfile.ofLength(0.2), 6));
        // six steps in twelve averages: any weighting is a sum of them
        assertEquals(0, fit.misfit(), 1e-5);
        assertTrue(Arrays.stream(fit.coefficients()).map(Math::abs).sum() < 1000);
    }

    @Test
    void fewSnapshotsOfAShortAverageSayThatTheyMissIt() {
        List<PowerFit.Average> two =
                PowerAverages.PROFILES.stream()
                        .map(each -> new PowerFit.Average(each, STEPS))
                        .toList();
        PowerFit fit = PowerFit.of(two, new PowerFit.Average(PowerProfile.ofLength(0.01), STEPS));
        assertTrue(fit.misfit() > 0.3, "misfit " + fit.misfit());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.05, 0.1, 0.2, 0.2886})
    void theLengthIsTheDeviationOfTheWeighting(double length) {
        PowerProfile profile = PowerProfile.ofLength(length);
        assertEquals(length, profile.length(), 1e-12);
        int steps = 20_000;
        double before = 0;
        double mean = 0;
        double squares = 0;
        for (int s = 1; s <= steps; s++) {
            double now = Math.pow((double) s / steps, profile.exponent() + 1);
            mean += (now - before) * s / steps;
            squares += (now - before) * s / steps * s / steps;
            before = now;
        }
        assertEquals(length, Math.sqrt(squares - mean * mean), 1e-4);
    }

    @Test
    void exponentsAreThoseOfThePaper() {
        assertEquals(16.97, PowerProfile.ofLength(0.05).exponent(), 0.005);
        assertEquals(6.94, PowerProfile.ofLength(0.1).exponent(), 0.005);
        assertThrows(IllegalArgumentException.class, () -> PowerProfile.ofLength(0.3));
        assertThrows(IllegalArgumentException.class, () -> PowerProfile.ofLength(0));
    }
}
