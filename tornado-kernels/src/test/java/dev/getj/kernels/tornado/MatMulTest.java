package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MatMulTest {
    private static final int[] SIZES = {1, 12, 64, 65, 256, 768, 3072, 9216};
    private static final int[] ROWS = {1, 17, 512, 513, 4096, 32768};

    private static int parts(int m, int n, int k) {
        return Geometry.ceil(k, MatMul.partDepth(m, n, k));
    }

    @Test
    void partsCoverTheRowsAndNoneIsEmpty() {
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : ROWS) {
                    int depth = MatMul.partDepth(m, n, k);
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
    void largeTilesForLargeResults() {
        assertTrue(MatMul.large(65536, 768));
        assertTrue(MatMul.large(16384, 256));
        assertFalse(MatMul.large(256, 768), "too few large tiles for a device");
        assertFalse(MatMul.large(65536, 12), "most of a large tile would be idle");
        assertFalse(MatMul.largeWeight(12, 768));
    }

    @Test
    void oneSampleIsSlicedOrSplitAndABatchIsNot() {
        assertTrue(MatMul.sliced(256, 768, 256));
        assertTrue(MatMul.split(256, 768, 9216), "48 tiles, long sums");
        assertTrue(MatMul.split(256, 9216, 768), "a large tile for each processor, and 12 more");
        assertEquals(768, MatMul.splitDepth(256, 9216, 768), "tiles enough");
        assertTrue(MatMul.splitDepth(256, 768, 9216) < 2000);
        assertFalse(MatMul.sliced(16384, 256, 1536) || MatMul.split(16384, 256, 1536));
        assertFalse(MatMul.sliced(65536, 12, 768) || MatMul.split(65536, 12, 768));
    }

    @Test
    void atMostOneOfTheTwoComputesAProduct() {
        for (int n : SIZES) {
            for (int k : SIZES) {
                assertFalse(MatMul.sliced(256, n, k) && MatMul.split(256, n, k), n + "x" + k);
            }
        }
    }

    @Test
    void splitPartsCoverTheirSumsAndNoneIsEmpty() {
        for (int n : SIZES) {
            for (int k : SIZES) {
                int depth = MatMul.splitDepth(256, n, k);
                int parts = Geometry.ceil(k, depth);
                String shape = "256x" + n + "x" + k;
                assertEquals(0, depth % MatMulSplitK.DEPTH, shape);
                assertTrue((parts - 1) * depth < k, shape);
            }
        }
    }

    @Test
    void gridsCoverTheResult() {
        assertEquals(new Geometry(2 * 256, 3, 4, 256, 1, 1), MatMulLarge.geometry(257, 129, 4));
        assertEquals(new Geometry(3 * 256, 5, 1, 256, 1, 1), MatMulSmall.geometry(257, 129, 1));
    }
}
