package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What the tiled products, {@link MatMulLarge}, {@link MatMulSmall} and {@link MatMulSliced}, have
 * in common: {@code y[M, N] = Σ_k A(m, k)·B(n, k)} with one of three layouts, and an {@link
 * Epilogue}.
 *
 * <p>Every sum of the first two runs over k in order, so a row has the same bits in any batch that
 * is not so small as to be sliced. Only weight gradients, which add over the batch, are cut along
 * k, into parts that depend on the shape alone: {@link #matMulAddParts} adds them in order.
 */
public final class MatMul {
    /** Forward: A is [M, K], B is [N, K]. M rows, N outputs, K inputs. */
    public static final int FORWARD = 0;

    /** Gradient of the input: A is [M, K], B is [K, N]. M rows, N inputs, K outputs. */
    public static final int BACKWARD_INPUT = 1;

    /** Gradient of the weight: A is [K, M], B is [K, N]. M outputs, N inputs, K rows. */
    public static final int BACKWARD_WEIGHT = 2;

    // as many groups as keep a large device busy
    private static final int LARGE_GROUPS = 128;
    private static final int SMALL_GROUPS = 256;
    private static final int PART_GROUPS = 256;
    // shorter parts would not be worth their way through memory
    private static final int SHORTEST_PART = 512;

    private MatMul() {}

    /** True if {@link MatMulLarge} is to compute y [M, N], false for {@link MatMulSmall}. */
    public static boolean large(int m, int n) {
        return Math.min(m, n) > MatMulSmall.TILE && MatMulLarge.tiles(m, n) >= LARGE_GROUPS;
    }

    /** True if {@link MatMulSliced} is to compute the forward product y [M, N]. */
    public static boolean sliced(int m, int n) {
        return MatMulSmall.tiles(m, n) < SMALL_GROUPS;
    }

    /** What {@link #large} says, for a weight gradient, which has parts to fill a device with. */
    public static boolean largeWeight(int m, int n) {
        return Math.min(m, n) > MatMulSmall.TILE;
    }

    /** Length of the parts into which a weight gradient's K rows are cut. */
    public static int partDepth(int m, int n, int k) {
        int tiles = largeWeight(m, n) ? MatMulLarge.tiles(m, n) : MatMulSmall.tiles(m, n);
        int parts = Math.min(Geometry.ceil(PART_GROUPS, tiles), Geometry.ceil(k, SHORTEST_PART));
        return Geometry.ceil(Geometry.ceil(k, parts), MatMulSmall.STEP) * MatMulSmall.STEP;
    }

    /** Of {@link #matMulAddParts}: a work item for each element. */
    public static Geometry addPartsGeometry(int size) {
        return Geometry.items(size, 1);
    }

    /**
     * {@code y += Σ_parts partial[part]}, in order. Tensors: y [size]; scratch: partial [parts,
     * size].
     */
    public static void matMulAddParts(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray y,
            int column,
            int parts,
            int size) {
        int yAt = offsets.get(row.get(0) + column);
        int i = context.globalIdx;
        if (i < size) {
            float sum = 0f;
            for (int part = 0; part < parts; part++) {
                sum += partial.get(part * size + i);
            }
            y.set(yAt + i, y.get(yAt + i) + sum);
        }
    }
}
