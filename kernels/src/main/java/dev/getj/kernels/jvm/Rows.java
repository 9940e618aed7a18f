package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SCRATCH_AT;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_AT;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * A matrix as the epilogue of a product sees it: some of its rows and columns travel between it and
 * a tile.
 *
 * @param at where row 0 starts
 * @param stride from one row to the next
 * @param repeat how many rows of the product in turn mean one row here
 * @param period how many rows there are here; after the last comes the first again
 * @param plain whether row r of the product is simply row r here
 */
record Rows(float[] values, int at, int stride, int repeat, int period, boolean plain) {
    /** The rows of {@code tensor} as they are. */
    static Rows of(Tensor tensor) {
        return columnsFrom(tensor, 0);
    }

    /** Columns {@code column …} of {@code tensor}. */
    static Rows columnsFrom(Tensor tensor, int column) {
        return new Rows(
                JvmBuffer.of(tensor).values,
                tensor.offset() + column,
                tensor.dim(-1),
                1,
                tensor.rows(),
                true);
    }

    /** The rows of {@code tensor} again and again. */
    static Rows repeated(Tensor tensor) {
        Rows rows = of(tensor);
        return new Rows(rows.values, rows.at, rows.stride, 1, rows.period, false);
    }

    /** The first row of {@code tensor} for the first {@code repeat} rows, and so on. */
    static Rows stretched(Tensor tensor, int repeat) {
        Rows rows = of(tensor);
        return new Rows(rows.values, rows.at, rows.stride, repeat, rows.period, false);
    }

    /** Where a row of the product lies here. */
    int start(int row) {
        // divisions only where they are needed: they take longer than what is done with a row
        return at + (plain ? row : row / repeat % period) * stride;
    }

    /** Copies a part of this matrix to the scratch behind the tile. */
    void get(float[] tile, int row, int rows, int column, int columns) {
        if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
            for (int r = 0; r < TILE_ROWS; r++) {
                int from = start(row + r) + column;
                int to = SCRATCH_AT + r * TILE_COLUMNS;
                FloatVector.fromArray(SPECIES, values, from).intoArray(tile, to);
                FloatVector.fromArray(SPECIES, values, from + LANES).intoArray(tile, to + LANES);
            }
            return;
        }
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            for (int r = 0; r < rows; r++) {
                FloatVector.fromArray(SPECIES, values, start(row + r) + column + j, mask)
                        .intoArray(tile, SCRATCH_AT + r * TILE_COLUMNS + j);
            }
        }
    }

    /** A whole tile, plus {@code bias} for all rows, becomes a part of this matrix. */
    void put(float[] tile, int row, int column, Rows bias) {
        FloatVector left = FloatVector.fromArray(SPECIES, bias.values, bias.at + column);
        FloatVector right = FloatVector.fromArray(SPECIES, bias.values, bias.at + column + LANES);
        for (int r = 0; r < TILE_ROWS; r++) {
            int from = TILE_AT + r * TILE_COLUMNS;
            int to = start(row + r) + column;
            FloatVector.fromArray(SPECIES, tile, from).add(left).intoArray(values, to);
            FloatVector.fromArray(SPECIES, tile, from + LANES)
                    .add(right)
                    .intoArray(values, to + LANES);
        }
    }

    /** The same, plus the same part of another matrix. */
    void put(float[] tile, int row, int column, Rows bias, Rows added) {
        FloatVector left = FloatVector.fromArray(SPECIES, bias.values, bias.at + column);
        FloatVector right = FloatVector.fromArray(SPECIES, bias.values, bias.at + column + LANES);
        for (int r = 0; r < TILE_ROWS; r++) {
            int from = TILE_AT + r * TILE_COLUMNS;
            int to = start(row + r) + column;
            int at = added.start(row + r) + column;
            FloatVector.fromArray(SPECIES, tile, from)
                    .add(left)
                    .add(FloatVector.fromArray(SPECIES, added.values, at))
                    .intoArray(values, to);
            FloatVector.fromArray(SPECIES, tile, from + LANES)
                    .add(right)
                    .add(FloatVector.fromArray(SPECIES, added.values, at + LANES))
                    .intoArray(values, to + LANES);
        }
    }

    /** Adds a whole tile to a part of this matrix. */
    void add(float[] tile, int row, int column) {
        for (int r = 0; r < TILE_ROWS; r++) {
            int from = TILE_AT + r * TILE_COLUMNS;
            int to = start(row + r) + column;
            FloatVector.fromArray(SPECIES, tile, from)
                    .add(FloatVector.fromArray(SPECIES, values, to))
                    .intoArray(values, to);
            FloatVector.fromArray(SPECIES, tile, from + LANES)
                    .add(FloatVector.fromArray(SPECIES, values, to + LANES))
                    .intoArray(values, to + LANES);
        }
    }

    /** Copies the part of a tile that exists in this matrix. */
    void put(float[] tile, int row, int rows, int column, int columns) {
        if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
            for (int r = 0; r < TILE_ROWS; r++) {
                int to = start(row + r) + column;
                int from = TILE_AT + r * TILE_COLUMNS;
                FloatVector.fromArray(SPECIES, tile, from).intoArray(values, to);
                FloatVector.fromArray(SPECIES, tile, from + LANES).intoArray(values, to + LANES);
            }
            return;
        }
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            for (int r = 0; r < rows; r++) {
                FloatVector.fromArray(SPECIES, tile, TILE_AT + r * TILE_COLUMNS + j)
                        .intoArray(values, start(row + r) + column + j, mask);
            }
        }
    }

    /** Adds the first row of this matrix to every row of a tile. */
    void addFirst(float[] tile, int column, int columns) {
        int from = at + column;
        if (columns == TILE_COLUMNS) {
            FloatVector left = FloatVector.fromArray(SPECIES, values, from);
            FloatVector right = FloatVector.fromArray(SPECIES, values, from + LANES);
            for (int i = TILE_AT; i < SCRATCH_AT; i += TILE_COLUMNS) {
                FloatVector.fromArray(SPECIES, tile, i).add(left).intoArray(tile, i);
                FloatVector.fromArray(SPECIES, tile, i + LANES)
                        .add(right)
                        .intoArray(tile, i + LANES);
            }
            return;
        }
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            FloatVector row = FloatVector.fromArray(SPECIES, values, from + j, mask);
            for (int i = TILE_AT + j; i < SCRATCH_AT; i += TILE_COLUMNS) {
                FloatVector.fromArray(SPECIES, tile, i).add(row).intoArray(tile, i);
            }
        }
    }
}
