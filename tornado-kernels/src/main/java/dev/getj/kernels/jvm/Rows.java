package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import dev.getj.kernels.Tensor;

import java.util.function.IntUnaryOperator;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * A matrix as the epilogue of a product sees it: some of its rows and columns travel between it and
 * a tile. Row r starts at {@code starts[r]}, looked up because a row may stand for several.
 */
record Rows(float[] values, int[] starts) {
    /** The rows of {@code tensor} as they are. */
    static Rows of(Tensor tensor) {
        return of(tensor, 0, tensor.rows(), row -> row);
    }

    /**
     * @param column the first column that counts
     * @param count how many rows there are
     * @param source which row of {@code tensor} a row is
     */
    static Rows of(Tensor tensor, int column, int count, IntUnaryOperator source) {
        int[] starts = new int[count];
        for (int row = 0; row < count; row++) {
            starts[row] = tensor.offset() + source.applyAsInt(row) * tensor.dim(-1) + column;
        }
        return new Rows(JvmBuffer.of(tensor).values, starts);
    }

    /** Copies a part of this matrix to the scratch tile at {@code tileAt}. */
    void get(float[] tile, int tileAt, int row, int rows, int column, int columns) {
        if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
            for (int r = 0; r < TILE_ROWS; r++) {
                int from = starts[row + r] + column;
                int to = tileAt + r * TILE_COLUMNS;
                FloatVector.fromArray(SPECIES, values, from).intoArray(tile, to);
                FloatVector.fromArray(SPECIES, values, from + LANES).intoArray(tile, to + LANES);
            }
            return;
        }
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            for (int r = 0; r < rows; r++) {
                FloatVector.fromArray(SPECIES, values, starts[row + r] + column + j, mask)
                        .intoArray(tile, tileAt + r * TILE_COLUMNS + j);
            }
        }
    }

    /** Copies the part of a tile that exists in this matrix. */
    void put(float[] tile, int row, int rows, int column, int columns) {
        if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
            for (int r = 0; r < TILE_ROWS; r++) {
                int to = starts[row + r] + column;
                int from = r * TILE_COLUMNS;
                FloatVector.fromArray(SPECIES, tile, from).intoArray(values, to);
                FloatVector.fromArray(SPECIES, tile, from + LANES).intoArray(values, to + LANES);
            }
            return;
        }
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            for (int r = 0; r < rows; r++) {
                FloatVector.fromArray(SPECIES, tile, r * TILE_COLUMNS + j)
                        .intoArray(values, starts[row + r] + column + j, mask);
            }
        }
    }

    /** Adds the first row of this matrix to every row of a tile. */
    void addFirst(float[] tile, int column, int columns) {
        int from = starts[0] + column;
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            FloatVector row = FloatVector.fromArray(SPECIES, values, from + j, mask);
            for (int i = j; i < TILE; i += TILE_COLUMNS) {
                FloatVector.fromArray(SPECIES, tile, i).add(row).intoArray(tile, i);
            }
        }
    }
}
