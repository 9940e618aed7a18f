package dev.getj.kernels.jvm;

import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix product {@code C = A B} with B packed into {@link Panels}: a register tile of 8 or 6 rows
 * × 2 vectors walks down a panel, so each loaded vector of B is used as many times and each
 * broadcast element of A twice.
 *
 * <p>Every element of C is one chain of fused multiply-adds from k = 0 upwards, whatever tile, task
 * or thread it falls to: the same bits for any number of rows and threads, and for any vector
 * width.
 */
final class Gemm {
    static final VectorSpecies<Float> SPECIES = VectorMath.SPECIES;
    static final int LANES = VectorMath.LANES;

    static final int TILE_ROWS = Registers.TILE_ROWS;

    static final int TILE_COLUMNS = 2 * LANES;
    static final int TILE = TILE_ROWS * TILE_COLUMNS;

    /** Where the sums begin in a worker's tile, and where scratch of equal size does. */
    static final int TILE_AT = CacheLine.FIRST;

    static final int SCRATCH_AT = TILE_AT + TILE;

    /** Of the elements that a tile sums; more is refused where A is made. */
    static final int MAX_DEPTH = 1 << 24;

    /** Where A may lie at most, so that no index of a tile overflows. */
    static final int MAX_START = Integer.MAX_VALUE - MAX_DEPTH * 8;

    private static final int BLOCK_TILES = 96 / TILE_ROWS;

    /** Of a block, with any vector: rows of A and C are read and written in runs of a kilobyte. */
    private static final int BLOCK_COLUMNS = 256;

    private static final int BLOCK_PANELS = Math.max(1, BLOCK_COLUMNS / TILE_COLUMNS);

    /** Floats of B in a block: half a megabyte, for the second-level cache. */
    private static final int BLOCK_SIZE = 1 << 17;

    /** Of a launch alone. */
    static final int TASKS_PER_THREAD = 6;

    /** The matrix A [rows, depth], in one of the layouts that the inner loop can read. */
    sealed interface Left permits RowMajor, Strips {
        int rows();

        /**
         * Multiplies the rows of a tile with a panel.
         *
         * @param row the first, a multiple of {@link #TILE_ROWS}; of rows that do not exist
         *     anything may come out
         * @param at where the panel [depth, 2 vectors] starts
         * @param tile receives the sums [TILE_ROWS, 2 vectors] at {@link #TILE_AT}
         */
        void multiply(int row, float[] panel, int at, int depth, float[] tile);
    }

    /** What becomes of a finished tile: bias, activation, addition to what is there. */
    interface Epilogue {
        /**
         * @param tile the sums [TILE_ROWS, 2 vectors] at {@link #TILE_AT}, and scratch at {@link
         *     #SCRATCH_AT}
         * @param row first row of the tile in C
         * @param rows how many rows of the tile exist in C, as {@code columns}
         * @param column first column of the tile in C
         */
        void finish(float[] tile, int row, int rows, int column, int columns);
    }

    private Gemm() {}

    /** Records the product of {@code a} and {@code panels}. */
    static Runnable multiply(Workers workers, Left a, Panels panels, Epilogue epilogue) {
        int wanted = workers.tasks(TASKS_PER_THREAD);
        RowTasks.Part all = rows(workers, a, panels, epilogue).part(0, a.rows(), wanted);
        return () -> workers.run(all.count(), all.task());
    }

    /** The same by rows; those of strips begin with a strip. */
    static RowTasks rows(Workers workers, Left a, Panels panels, Epilogue epilogue) {
        float[][] tiles = workers.memory(2 * TILE);
        return (first, end, wanted) -> {
            int rowTiles = ceil(end - first, TILE_ROWS);
            int panelCount = panels.count();
            // a part of the rows is mostly one core's, which reads a panel for all of them at once
            boolean part = end - first < a.rows();
            int blockTiles = part ? rowTiles : Math.min(BLOCK_TILES, rowTiles);
            int fitting = Math.clamp(BLOCK_SIZE / (panels.depth() * TILE_COLUMNS), 1, BLOCK_PANELS);
            int blockPanels = Math.min(fitting, panelCount);
            while (blockTiles > 1
                    && ceil(rowTiles, blockTiles) * ceil(panelCount, blockPanels) < wanted) {
                blockTiles = (blockTiles + 1) / 2;
            }
            while (blockPanels > 1
                    && ceil(rowTiles, blockTiles) * ceil(panelCount, blockPanels) < wanted) {
                blockPanels = (blockPanels + 1) / 2;
            }
            int down = ceil(rowTiles, blockTiles);
            int width = blockPanels;
            int across = ceil(panelCount, width);
            // and whose rows of A stay in its cache, if they fit
            boolean panelByPanel = part && (long) (end - first) * panels.depth() <= BLOCK_SIZE;
            Workers.Task task =
                    (index, worker) -> {
                        int block = panelByPanel ? index % down : index / across;
                        int row = first + share(rowTiles, block, down) * TILE_ROWS;
                        int endRow =
                                Math.min(first + share(rowTiles, block + 1, down) * TILE_ROWS, end);
                        int panel = (panelByPanel ? index / down : index % across) * width;
                        int endPanel = Math.min(panel + width, panelCount);
                        block(a, row, endRow, panels, panel, endPanel, epilogue, tiles[worker]);
                    };
            return new RowTasks.Part(down * across, task);
        };
    }

    /** The whole product on one core. */
    static void multiply(Left a, Panels panels, Epilogue epilogue, float[] tile) {
        for (int panel = 0; panel < panels.count(); panel += BLOCK_PANELS) {
            int endPanel = Math.min(panel + BLOCK_PANELS, panels.count());
            block(a, 0, a.rows(), panels, panel, endPanel, epilogue, tile);
        }
    }

    // Tile by tile: its rows of A stay in the first-level cache, the panels of the block in the
    // second, and C is written in long runs.
    private static void block(
            Left a,
            int row,
            int endRow,
            Panels panels,
            int panel,
            int endPanel,
            Epilogue epilogue,
            float[] tile) {
        int depth = panels.depth();
        for (int r = row; r < endRow; r += TILE_ROWS) {
            int rows = Math.min(TILE_ROWS, endRow - r);
            for (int p = panel; p < endPanel; p++) {
                int column = p * TILE_COLUMNS;
                int columns = Math.min(TILE_COLUMNS, panels.columns() - column);
                a.multiply(r, panels.values(), panels.start(p), depth, tile);
                epilogue.finish(tile, r, rows, column, columns);
            }
        }
    }

    /** Where part {@code i} begins when {@code count} is cut into equal parts. */
    static int share(int count, int i, int parts) {
        return (int) ((long) count * i / parts);
    }

    static int ceil(int value, int divisor) {
        return (value + divisor - 1) / divisor;
    }
}
