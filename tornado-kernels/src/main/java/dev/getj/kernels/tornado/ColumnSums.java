package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Sums over rows: the gradient of a bias, and (with the first kernel of {@link LayerNormBackward})
 * of gamma and beta. The rows are cut into parts; a work item adds one part of one column, row
 * after row, and a second kernel adds the parts in order.
 *
 * <p>All in double: an L1 loss makes slopes of one size and either sign, which cancel to exactly 0.
 * What float sums leave of them, about 1e-9, AdamW would divide by itself and make a step of. A
 * part is handed on as two floats, the second what the first leaves over.
 */
public final class ColumnSums {
    private static final int ROWS = 64;
    private static final int MOST_PARTS = 256;

    private ColumnSums() {}

    /** Rows of a part; depends on their number alone, so the order of the sum does. */
    public static int rowsOfPart(int rows) {
        return Math.max(ROWS, Geometry.ceil(rows, MOST_PARTS));
    }

    /** Into how many parts the rows fall. */
    public static int parts(int rows) {
        return Geometry.ceil(rows, rowsOfPart(rows));
    }

    /** Floats of scratch for {@code vectors} sums of {@code columns} each. */
    public static int scratch(int rows, int columns, int vectors) {
        return Math.multiplyExact(2 * vectors * parts(rows), columns);
    }

    /** Of {@link #columnSums}: a work item for each column of each part. */
    public static Geometry geometry(int rows, int columns) {
        return Geometry.items(columns, parts(rows));
    }

    /** Of {@link #addColumnSums}: a work item for each column of each vector. */
    public static Geometry addGeometry(int columns, int vectors) {
        return Geometry.items(columns, vectors);
    }

    /**
     * Tensors: dY [rows, columns]; scratch: partial [parts, 1, columns, 2].
     *
     * @param rowsOfPart {@link #rowsOfPart}
     */
    public static void columnSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray dY,
            FloatArray partial,
            int column,
            int rows,
            int columns,
            int rowsOfPart) {
        int dYAt = offsets.get(row.get(0) + column);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < columns) {
            int first = part * rowsOfPart;
            double sum = 0;
            for (int r = 0; r < rowsOfPart; r++) {
                if (first + r < rows) {
                    sum += dY.get(dYAt + (first + r) * columns + i);
                }
            }
            int at = 2 * (part * columns + i);
            float high = (float) sum;
            partial.set(at, high);
            partial.set(at + 1, (float) (sum - high));
        }
    }

    /**
     * Adds the parts to one or two vectors of a buffer. Tensors: target 0, target 1 [columns];
     * scratch: partial [parts, vectors, columns, 2]. With one vector the second offset is not read.
     */
    public static void addColumnSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray targets,
            int column,
            int parts,
            int vectors,
            int columns) {
        int i = context.globalIdx;
        int vector = context.globalIdy;
        int at = offsets.get(row.get(0) + column + vector) + i;
        if (i < columns) {
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                int from = 2 * ((part * vectors + vector) * columns + i);
                double high = partial.get(from);
                sum += high + partial.get(from + 1);
            }
            targets.set(at, (float) (targets.get(at) + sum));
        }
    }
}
