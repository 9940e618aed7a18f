package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;

/**
 * The matrix products of attention: small ones, of matrices that lie in working memory anyway and
 * are not worth packing.
 *
 * <p>Register tiles as in {@link Gemm}: every element is one chain of fused multiply-adds from p =
 * 0 upwards, so its bits do not depend on its place in a tile nor on the tile.
 */
final class StridedGemm {
    /** A matrix B or C needs room for so many columns, or a multiple. */
    static final int COLUMNS = 2 * LANES;

    /**
     * A length of rows that the inner loops know: a block of queries, and a head of 64 elements.
     */
    static final int ROW = 64;

    static final int MAX_DEPTH = 1 << 24;
    static final int MAX_START = Integer.MAX_VALUE - MAX_DEPTH * ROW;

    private StridedGemm() {}

    /**
     * {@code C [rows, columns] = A [rows, depth] · B [depth, columns]}, or added to C. What B holds
     * beyond its columns comes out beyond those of C.
     *
     * @param b rows whose elements are neighbours, as of {@code c}; a may have any steps
     * @throws IllegalArgumentException if depth is beyond 2²⁴
     */
    static void multiply(
            Matrix a, Matrix b, Matrix c, int rows, int depth, int columns, boolean add) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "%s columns are more than a product can read".formatted(depth));
        }
        TallTile.Steps steps = steps(a, b, c, rows);
        if (Registers.MANY && columns > COLUMNS && steps != TallTile.Steps.ANY) {
            boolean along = steps == TallTile.Steps.ROWS;
            for (int column = 0; column < columns; column += SquareTile.COLUMNS) {
                for (int row = 0; row < rows; row += SquareTile.ROWS) {
                    int last = Math.min(SquareTile.ROWS, rows - row) - 1;
                    SquareTile.multiply(a, b, c, along, row, last, depth, column, add);
                }
            }
            return;
        }
        for (int column = 0; column < columns; column += TallTile.COLUMNS) {
            for (int row = 0; row < rows; row += TallTile.ROWS) {
                int last = Math.min(TallTile.ROWS, rows - row) - 1;
                TallTile.multiply(a, b, c, steps, row, last, depth, column, add);
            }
        }
    }

    private static TallTile.Steps steps(Matrix a, Matrix b, Matrix c, int rows) {
        boolean near = a.row(rows - 1) <= MAX_START && b.at() + ROW <= MAX_START;
        if (!near || b.row() != ROW || c.row() != ROW) {
            return TallTile.Steps.ANY;
        }
        return switch (a.column()) {
            case 1 -> TallTile.Steps.ROWS;
            case ROW -> TallTile.Steps.COLUMNS;
            default -> TallTile.Steps.ANY;
        };
    }
}
