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
        Steps steps = steps(a, b, c, rows);
        if (steps == Steps.ANY) {
            any(a, b, c, 0, rows, depth, columns, add);
        } else if (Registers.MANY && columns > COLUMNS) {
            boolean along = steps == Steps.ROWS;
            for (int column = 0; column < columns; column += SquareTile.COLUMNS) {
                for (int row = 0; row < rows; row += SquareTile.ROWS) {
                    int last = Math.min(SquareTile.ROWS, rows - row) - 1;
                    SquareTile.multiply(a, b, c, along, row, last, depth, column, add);
                }
            }
        } else {
            tall(a, b, c, steps, rows, depth, columns, add);
        }
    }

    // columns inside, so that the rows of A stay in the first-level cache
    private static void tall(
            Matrix a,
            Matrix b,
            Matrix c,
            Steps steps,
            int rows,
            int depth,
            int columns,
            boolean add) {
        int rest = rows % TallTile.ROWS;
        // the last tile does some rows once more, unless that would add to them twice
        boolean again = rest > 0 && rows > TallTile.ROWS && !add;
        int whole = again ? rows : rows - rest;
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        for (int first = 0; first < whole; first += TallTile.ROWS) {
            int row = Math.min(first, rows - TallTile.ROWS);
            int atA = a.row(row);
            for (int column = 0; column < columns; column += TallTile.COLUMNS) {
                int atB = b.at() + column;
                int atC = c.row(row) + column;
                if (steps == Steps.ROWS) {
                    TallTile.rows(left, atA, a.row(), right, atB, sums, atC, depth, add);
                } else {
                    TallTile.columns(left, atA, right, atB, sums, atC, depth, add);
                }
            }
        }
        any(a, b, c, whole, rows, depth, columns, add);
    }

    // rows from `first` on
    private static void any(
            Matrix a,
            Matrix b,
            Matrix c,
            int first,
            int rows,
            int depth,
            int columns,
            boolean add) {
        for (int row = first; row < rows; row += AnyTile.ROWS) {
            int last = Math.min(AnyTile.ROWS, rows - row) - 1;
            for (int column = 0; column < columns; column += AnyTile.COLUMNS) {
                AnyTile.multiply(a, b, c, row, last, depth, column, add);
            }
        }
    }

    /** What is known of the steps of A, B and C. */
    private enum Steps {
        /** Elements of a row of A are neighbours; rows of B and C are {@link #ROW} floats. */
        ROWS,
        /** Elements of a column of A are neighbours; rows of B, C and Aᵀ have that length. */
        COLUMNS,
        /** Nothing. */
        ANY
    }

    private static Steps steps(Matrix a, Matrix b, Matrix c, int rows) {
        boolean near = a.row(rows - 1) <= MAX_START && b.at() + ROW <= MAX_START;
        if (!near || b.row() != ROW || c.row() != ROW) {
            return Steps.ANY;
        }
        return switch (a.column()) {
            case 1 -> Steps.ROWS;
            case ROW -> Steps.COLUMNS;
            default -> Steps.ANY;
        };
    }
}
