package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What the tiled products, {@link MatMulLarge}, {@link MatMulSmall}, {@link MatMulSliced} and
 * {@link MatMulSplitK}, have in common: {@code y[M, N] = Σ_k A(m, k)·B(n, k)} with one of three
 * layouts, and an {@link Epilogue}.
 *
 * <p>Every sum of the first two runs over k in order, so a row has the same bits in any batch that
 * is not so small as to be sliced or split. Weight gradients, which add over the batch, and what is
 * split are cut along k, into parts that depend on the shape alone: {@link #matMulJoin} adds them
 * in order.
 */
public final class MatMul {
    /** Forward: A is [M, K], B is [N, K]. M rows, N outputs, K inputs. */
    public static final int FORWARD = 0;

    /** Gradient of the input: A is [M, K], B is [K, N]. M rows, N inputs, K outputs. */
    public static final int BACKWARD_INPUT = 1;

    /** Gradient of the weight: A is [K, M], B is [K, N]. M outputs, N inputs, K rows. */
    public static final int BACKWARD_WEIGHT = 2;

    private static final int PROCESSORS = 132;
    // as many groups as keep a large device busy
    private static final int LARGE_GROUPS = 128;
    private static final int PART_GROUPS = 256;
    // shorter parts would not be worth their way through memory
    private static final int SHORTEST_PART = 512;
    private static final int MOST_PARTS = 16;
    // small tiles from which on rows have the same bits in every batch
    private static final int FEW_TILES = 1000;

    private MatMul() {}

    /** True if {@link MatMulLarge} is to compute y [M, N], false for {@link MatMulSmall}. */
    public static boolean large(int m, int n) {
        return Math.min(m, n) > MatMulSmall.TILE && MatMulLarge.tiles(m, n) >= LARGE_GROUPS;
    }

    /**
     * True if {@link MatMulSliced} is to compute the forward product y [M, N] of K products a sum.
     */
    public static boolean sliced(int m, int n, int k) {
        double time = slicedTime(m, n, k);
        return few(m, n) && time < tiledTime(m, n, k) && time <= splitTime(m, n, k);
    }

    /** True if {@link MatMulSplitK} is to. */
    public static boolean split(int m, int n, int k) {
        double time = splitTime(m, n, k);
        return few(m, n) && time < tiledTime(m, n, k) && time < slicedTime(m, n, k);
    }

    /** Length of the parts of k for {@link MatMulSplitK}. */
    public static int splitDepth(int m, int n, int k) {
        return IntStream.rangeClosed(1, MOST_PARTS)
                .map(parts -> roundUp(Geometry.ceil(k, parts), MatMulSplitK.DEPTH))
                .boxed()
                .min(Comparator.comparingDouble(depth -> splitTime(m, n, k, depth)))
                .orElseThrow();
    }

    private static boolean few(int m, int n) {
        return MatMulSmall.tiles(m, n) < FEW_TILES;
    }

    // Nanoseconds as measured on an H200, see docs/kernels/matmul.md: what one product of each sum
    // of a group takes, alone on a processor and among others.

    private static double slicedTime(int m, int n, int k) {
        return groupsOfOne(MatMulSliced.tiles(m, n)) * 12. * k + 1500;
    }

    private static double splitTime(int m, int n, int k) {
        return splitTime(m, n, k, splitDepth(m, n, k));
    }

    private static double splitTime(int m, int n, int k, int depth) {
        int parts = Geometry.ceil(k, depth);
        int groups = groupsOfOne(MatMulSplitK.tiles(m, n) * parts);
        // joining is a launch of its own, and parts go through memory
        double join = parts > 1 ? 3000 + 2e-3 * parts * m * n : 0;
        return Math.max(44, 30 * groups) * (depth + 30.) + join;
    }

    private static double tiledTime(int m, int n, int k) {
        return large(m, n)
                ? Math.max(122, 105 * groupsOfOne(MatMulLarge.tiles(m, n))) * (k + 16.)
                : Math.max(90, 61 * groupsOfOne(MatMulSmall.tiles(m, n))) * (k + 16.);
    }

    // the most that one processor gets
    private static int groupsOfOne(int groups) {
        return Geometry.ceil(groups, PROCESSORS);
    }

    private static int roundUp(int value, int multiple) {
        return Geometry.ceil(value, multiple) * multiple;
    }

    /** What {@link #large} says, for a weight gradient, which has parts to fill a device with. */
    public static boolean largeWeight(int m, int n) {
        return Math.min(m, n) > MatMulSmall.TILE;
    }

    /** Length of the parts into which a weight gradient's K rows are cut. */
    public static int partDepth(int m, int n, int k) {
        int tiles = largeWeight(m, n) ? MatMulLarge.tiles(m, n) : MatMulSmall.tiles(m, n);
        int parts = Math.min(Geometry.ceil(PART_GROUPS, tiles), Geometry.ceil(k, SHORTEST_PART));
        return roundUp(Geometry.ceil(k, parts), MatMulSmall.STEP);
    }

    /** Of {@link #matMulJoin}: a work item for each element. */
    public static Geometry joinGeometry(int m, int n) {
        return Geometry.items(Math.multiplyExact(m, n), 1);
    }

    /**
     * Adds the parts of a product, in order, and what {@link Epilogue} adds. Scratch: partial
     * [parts, M, N]; tensors: bias (in {@code b}), extra, condition, y. The rest is as for {@link
     * MatMulLarge#matMulLarge}.
     */
    public static void matMulJoin(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray b,
            FloatArray extra,
            FloatArray condition,
            FloatArray y,
            int column,
            int m,
            int n,
            int parts,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = row.get(0) + column;
        int biasAt = offsets.get(entry);
        int extraAt = offsets.get(entry + 1);
        int conditionAt = offsets.get(entry + 2);
        int yAt = offsets.get(entry + 3);
        int i = context.globalIdx;
        if (i < m * n) {
            float sum = 0f;
            for (int part = 0; part < parts; part++) {
                sum += partial.get(part * m * n + i);
            }
            float value =
                    Epilogue.read(
                            sum,
                            i / n,
                            i % n,
                            n,
                            b,
                            biasAt,
                            y,
                            yAt,
                            extra,
                            extraAt,
                            condition,
                            conditionAt,
                            epilogue,
                            period,
                            extraWidth);
            Epilogue.store(value, i, y, yAt, extraAt, epilogue);
        }
    }
}
