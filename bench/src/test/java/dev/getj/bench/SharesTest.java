package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class SharesTest {
    private final Roofs roofs = new Roofs(2, 100, 50);

    // as many operations as make this share of 100 GFLOP/s in a millisecond
    private static Comparison product(String label, double share) {
        Race.Times millisecond = Race.Times.of(new double[] {1});
        return new Comparison(label, share * 1e8, Map.of(Comparison.GETJ, millisecond));
    }

    @Test
    void warnsOfProductsThatAreFarFromTheRoof() {
        Shares shares = Shares.of(List.of(product("quick", 0.95), product("slow", 0.5)), roofs);
        assertEquals(0.5, shares.lowest(), 1e-12);
        assertEquals(List.of("50 % at slow"), shares.low());
        assertTrue(shares.warning().contains("below 80 % of the roof: 50 % at slow"));
    }

    @Test
    void hasNoWarningWhereAllAreNearIt() {
        Shares shares = Shares.of(List.of(product("a", 0.8), product("b", 0.9)), roofs);
        assertEquals(List.of(), shares.low());
        assertTrue(shares.describe().contains("90 % (median), 80 % at least"));
    }

    @Test
    void shortensVectorsToThoseOfOtherProcessors() {
        assertEquals(
                List.of("-XX:UseAVX=2", "-XX:MaxVectorSize=16"),
                NarrowVectors.options("amd64", 512));
        assertEquals(List.of("-XX:MaxVectorSize=16"), NarrowVectors.options("amd64", 256));
        assertEquals(List.of(), NarrowVectors.options("aarch64", 128));
    }
}
