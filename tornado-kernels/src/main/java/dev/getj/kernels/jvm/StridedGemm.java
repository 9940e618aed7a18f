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

    // processors with vectors of 512 bits have 32 registers for them, others often 16
    private static final boolean MANY_REGISTERS = LANES == 16;

    private StridedGemm() {}

    /**
     * {@code C [rows, columns] = A [rows, depth] · B [depth, columns]}, or added to C. What B holds
     * beyond its columns comes out beyond those of C.
     *
     * @param b rows whose elements are neighbours, likewise {@code c}; a may have any steps
     */
    static void multiply(
            Matrix a, Matrix b, Matrix c, int rows, int depth, int columns, boolean add) {
        if (MANY_REGISTERS && columns > COLUMNS && SquareTile.fits(a, b, c, rows, depth)) {
            for (int row = 0; row < rows; row += SquareTile.ROWS) {
                int last = Math.min(SquareTile.ROWS, rows - row) - 1;
                SquareTile.multiply(a, b, c, row, last, depth, add);
            }
            return;
        }
        for (int column = 0; column < columns; column += TallTile.COLUMNS) {
            for (int row = 0; row < rows; row += TallTile.ROWS) {
                int last = Math.min(TallTile.ROWS, rows - row) - 1;
                TallTile.multiply(a, b, c, row, last, depth, column, add);
            }
        }
    }
}
