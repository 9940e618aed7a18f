package dev.getj.kernels.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix product {@code C = A B} with A row-major and B packed into {@link Panels}: a register tile
 * of 6 rows × 2 vectors walks down a panel, so each loaded vector of B is used 6 times and each
 * broadcast element of A twice.
 *
 * <p>Every element of C is one chain of fused multiply-adds from k = 0 upwards, whatever tile, task
 * or thread it falls to: the same bits for any number of rows and threads, and for any vector
 * width.
 */
final class Gemm {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** 12 accumulators, 2 vectors of B and one broadcast: what the 16 registers of AVX2 hold. */
    static final int TILE_ROWS = 6;

    static final int TILE_COLUMNS = 2 * LANES;

    static final int TILE = TILE_ROWS * TILE_COLUMNS;

    private static final int BLOCK_ROWS = 16 * TILE_ROWS;
    private static final int BLOCK_PANELS = 4;
    private static final int TASKS_PER_THREAD = 6;

    /** What becomes of a finished tile: bias, activation, addition to what is there. */
    interface Epilogue {
        /**
         * @param tile [2, {@link #TILE_ROWS}, {@link #TILE_COLUMNS}]: the sums, and scratch behind
         *     them
         * @param row first row of the tile in C
         * @param rows how many rows of the tile exist in C, likewise {@code columns}
         * @param column first column of the tile in C
         */
        void finish(float[] tile, int row, int rows, int column, int columns);
    }

    private Gemm() {}

    /**
     * Records a product.
     *
     * @param a [rows, depth], starting at {@code aAt}, rows {@code aStride} apart
     * @param panels [depth, columns], packed
     */
    static Runnable multiply(
            Workers workers,
            float[] a,
            int aAt,
            int aStride,
            int rows,
            Panels panels,
            Epilogue epilogue) {
        int rowTiles = ceil(rows, TILE_ROWS);
        int panelCount = panels.count();
        int wanted = workers.count() == 1 ? 1 : workers.count() * TASKS_PER_THREAD;
        int blockPanels = Math.min(BLOCK_PANELS, panelCount);
        int blockTiles = Math.min(BLOCK_ROWS / TILE_ROWS, rowTiles);
        while (ceil(rowTiles, blockTiles) * ceil(panelCount, blockPanels) < wanted
                && blockTiles > 1) {
            blockTiles = (blockTiles + 1) / 2;
        }
        while (ceil(rowTiles, blockTiles) * ceil(panelCount, blockPanels) < wanted
                && blockPanels > 1) {
            blockPanels = (blockPanels + 1) / 2;
        }
        int blockRows = blockTiles * TILE_ROWS;
        int blockWidth = blockPanels;
        int across = ceil(panelCount, blockWidth);
        float[][] tiles = new float[workers.count()][2 * TILE];
        Workers.Task task =
                (index, worker) -> {
                    int row = index / across * blockRows;
                    int panel = index % across * blockWidth;
                    block(
                            a,
                            aAt,
                            aStride,
                            row,
                            Math.min(row + blockRows, rows),
                            panels,
                            panel,
                            Math.min(panel + blockWidth, panelCount),
                            epilogue,
                            tiles[worker]);
                };
        int tasks = ceil(rows, blockRows) * across;
        return () -> workers.run(tasks, task);
    }

    // one panel stays in the first-level cache while the rows of the block pass by
    private static void block(
            float[] a,
            int aAt,
            int aStride,
            int row,
            int endRow,
            Panels panels,
            int panel,
            int endPanel,
            Epilogue epilogue,
            float[] tile) {
        int depth = panels.depth();
        for (int p = panel; p < endPanel; p++) {
            int column = p * TILE_COLUMNS;
            int columns = Math.min(TILE_COLUMNS, panels.columns() - column);
            for (int r = row; r < endRow; r += TILE_ROWS) {
                int rows = Math.min(TILE_ROWS, endRow - r);
                tile(
                        a,
                        aAt + r * aStride,
                        aStride,
                        rows - 1,
                        panels.values(),
                        p * TILE_COLUMNS * depth,
                        depth,
                        tile);
                epilogue.finish(tile, r, rows, column, columns);
            }
        }
    }

    // tile[6, 2 vectors] = a[6, depth] · panel[depth, 2 vectors]; rows beyond lastRow repeat it,
    // their sums go nowhere
    private static void tile(
            float[] a,
            int a0,
            int aStride,
            int lastRow,
            float[] panel,
            int at,
            int depth,
            float[] tile) {
        int a1 = a0 + Math.min(1, lastRow) * aStride;
        int a2 = a0 + Math.min(2, lastRow) * aStride;
        int a3 = a0 + Math.min(3, lastRow) * aStride;
        int a4 = a0 + Math.min(4, lastRow) * aStride;
        int a5 = a0 + Math.min(5, lastRow) * aStride;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, panel, at + k * TILE_COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, panel, at + k * TILE_COLUMNS + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, a[a1 + k]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, a[a2 + k]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, a[a3 + k]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, a[a4 + k]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, a[a5 + k]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(tile, 0);
        c01.intoArray(tile, LANES);
        c10.intoArray(tile, TILE_COLUMNS);
        c11.intoArray(tile, TILE_COLUMNS + LANES);
        c20.intoArray(tile, 2 * TILE_COLUMNS);
        c21.intoArray(tile, 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, 3 * TILE_COLUMNS);
        c31.intoArray(tile, 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, 4 * TILE_COLUMNS);
        c41.intoArray(tile, 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, 5 * TILE_COLUMNS);
        c51.intoArray(tile, 5 * TILE_COLUMNS + LANES);
    }

    static int ceil(int value, int divisor) {
        return (value + divisor - 1) / divisor;
    }
}
