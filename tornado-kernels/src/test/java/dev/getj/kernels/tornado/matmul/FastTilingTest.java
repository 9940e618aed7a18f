package dev.getj.kernels.tornado.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.tornado.runtime.Geometry;

import org.junit.jupiter.api.Test;

class FastTilingTest {
    private static final int[] SIZES = {1, 12, 64, 65, 256, 768, 3072, 9216};
    private static final int[] ROWS = {1, 17, 512, 513, 4096, 32768};

    private static final Tiling TILING = Tiling.of(DeviceProfile.H200);

    private static int parts(int m, int n, int k) {
        return Geometry.ceil(k, TILING.partDepth(m, n, k));
    }

    @Test
    void partsCoverTheRowsAndNoneIsEmpty() {
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : ROWS) {
                    int depth = TILING.partDepth(m, n, k);
                    int parts = parts(m, n, k);
                    String shape = m + "x" + n + "x" + k;
                    assertEquals(0, depth % MatMulSmall.STEP, shape);
                    assertTrue((long) parts * depth >= k, shape);
                    assertTrue((parts - 1) * depth < k, shape);
                }
            }
        }
    }

    @Test
    void partsFillADeviceOnlyWhereTilesDoNot() {
        assertEquals(1, parts(9216, 768, 32768));
        assertTrue(parts(256, 256, 32768) >= 32);
        assertEquals(1, parts(256, 256, 512));
    }

    @Test
    void productsOnTensorCoresAreCutWhereTilesLeaveADeviceIdle() {
        assertEquals(768, TILING.mixedDepth(65536, 9216, 768));
        assertEquals(768, TILING.mixedDepth(256, 9216, 768), "a tile for each processor");
        int depth = TILING.mixedDepth(256, 768, 9216);
        assertEquals(16, Geometry.ceil(9216, depth), "12 tiles");
        assertEquals(0, depth % MatMulMixed.STEP);
        assertEquals(100, TILING.mixedDepth(1, 12, 100), "too short");
    }

    @Test
    void weightGradientsOnTensorCoresAreCutUntilTheirLastTurnIsFull() {
        assertEquals(512, TILING.mixedWeightDepth(6912, 768, 512), "too short");
        int parts = Geometry.ceil(32768, TILING.mixedWeightDepth(6912, 768, 32768));
        assertTrue(parts > 1, "324 tiles on 264 places take two turns");
        assertTrue(324 * parts % 264 == 0 || 324 * parts % 264 > 0.7 * 264, parts + " parts");
        assertEquals(0, TILING.mixedWeightDepth(768, 768, 32768) % MatMulMixed.STEP);
    }

    @Test
    void productsOfFewRowsOnTensorCoresHaveSmallTiles() {
        assertTrue(TILING.mixedFew(256, 1536, 256), "one image of a narrow network");
        assertFalse(TILING.mixedFew(16384, 1536, 256));
        assertFalse(TILING.mixedFew(256, 768, 9216), "cut instead");
    }

    @Test
    void productsOfOneImageHaveTheSmallestTilesOnTensorCores() {
        assertTrue(TILING.mixedSliced(256, 256, 256), "16 tiles of 64 × 64");
        assertTrue(TILING.mixedSliced(1024, 256, 1536));
        assertFalse(TILING.mixedSliced(2048, 256, 1536), "tiles for most processors");
        assertFalse(TILING.mixedSliced(256, 768, 9216), "cut instead");
    }

    @Test
    void largeTilesForLargeResults() {
        assertTrue(TILING.large(65536, 768));
        assertTrue(TILING.large(16384, 256));
        assertFalse(TILING.large(256, 768), "too few large tiles for a device");
        assertFalse(TILING.large(65536, 12), "most of a large tile would be idle");
        assertFalse(TILING.largeWeight(12, 768));
    }

    @Test
    void oneSampleIsSlicedOrSplitAndABatchIsNot() {
        assertTrue(TILING.sliced(256, 768, 256));
        assertTrue(TILING.split(256, 768, 9216), "48 tiles, long sums");
        assertTrue(TILING.split(256, 9216, 768), "a large tile for each processor, and 12 more");
        assertEquals(768, TILING.splitDepth(256, 9216, 768), "tiles enough");
        assertTrue(TILING.splitDepth(256, 768, 9216) < 2000);
        assertFalse(TILING.sliced(16384, 256, 1536) || TILING.split(16384, 256, 1536));
        assertFalse(TILING.sliced(65536, 12, 768) || TILING.split(65536, 12, 768));
    }

    @Test
    void atMostOneOfTheTwoComputesAProduct() {
        for (int n : SIZES) {
            for (int k : SIZES) {
                assertFalse(TILING.sliced(256, n, k) && TILING.split(256, n, k), n + "x" + k);
            }
        }
    }

    @Test
    void splitPartsCoverTheirSumsAndNoneIsEmpty() {
        for (int n : SIZES) {
            for (int k : SIZES) {
                int depth = TILING.splitDepth(256, n, k);
                int parts = Geometry.ceil(k, depth);
                String shape = "256x" + n + "x" + k;
                assertEquals(0, depth % MatMulSplitK.DEPTH, shape);
                assertTrue((parts - 1) * depth < k, shape);
            }
        }
    }

    @Test
    void aSmallDeviceNeedsFewerTilesAndParts() {
        Tiling small = Tiling.of(DeviceProfile.assumed("a laptop", 4));
        assertTrue(small.large(256, 768), "12 large tiles");
        assertFalse(small.sliced(256, 768, 256) || small.split(256, 768, 9216));
        assertEquals(1, Geometry.ceil(32768, small.partDepth(768, 768, 32768)));
        Tiling none = Tiling.of(DeviceProfile.assumed("driver that does not tell", 0));
        assertTrue(none.large(128, 128));
    }

    @Test
    void gridsCoverTheResult() {
        assertEquals(new Geometry(2 * 256, 3, 4, 256, 1, 1), MatMulLarge.geometry(257, 129, 4));
        assertEquals(new Geometry(3 * 256, 5, 1, 256, 1, 1), MatMulSmall.geometry(257, 129, 1));
    }
}
