package dev.getj.kernels.tornado.reduction;

import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/**
 * Sums over rows: the gradient of a bias, and (with the first kernel of {@link dev.getj.kernels.tornado.norm.LayerNormBackward})
 * of gamma and beta. The rows are cut into parts; a work item adds one part of one column, row
 * after row, and a second kernel adds the parts, every eighth by one item, and then these eight
 * sums in order.
 *
 * <p>All in double: an L1 loss makes slopes of one size and either sign, which cancel to exactly 0.
 * What float sums leave of them, about 1e-9, AdamW would divide by itself and make a step of. A
 * part is handed on as two floats, the second what the first leaves over.
 */
public final class ColumnSums {
    // The tensors of each kernel, as both sides number them.
    private static final int SUMMED = 0;
    private static final int TARGETS = 0;

    private static final int ROWS = 64;
    private static final int MOST_PARTS = 256;

    /**
     * Rows that an item reads before it adds them: memory takes about as long for one as for all.
     */
    public static final int TOGETHER = 8;

    /** Parts that an item reads before it adds them. */
    private static final int PARTS_TOGETHER = 16;

    /** Columns of a work-group that adds parts, and items of each. */
    private static final int COLUMNS = 32;

    private static final int LANES = Geometry.GROUP / COLUMNS;

    private ColumnSums() {}

    /** {@code sums += Σ_rows x}: x [rows, columns], sums [columns]. */
    public static void sum(Tasks tasks, Tensor x, Tensor sums) {
        int columns = sums.size();
        int rows = x.size() / columns;
        int rowsOfPart = rowsOfPart(rows);
        int partial = scratch(rows, columns, 1);
        if (x.dtype().isHalf()) {
            sumHalves(tasks, x, rows, columns, rowsOfPart, partial);
            addParts(tasks, rows, sums);
            return;
        }
        tasks.add(
                "columnSums",
                geometry(rows, columns),
                tasks.arguments().tensor(SUMMED, x).scratch(partial),
                List.of(rows, columns, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::columnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(SUMMED),
                                at.scratch(),
                                at.column(),
                                rows,
                                columns,
                                rowsOfPart));
        addParts(tasks, rows, sums);
    }

    private static void sumHalves(
            Tasks tasks, Tensor x, int rows, int columns, int rowsOfPart, int partial) {
        int format = Halves.format(x.dtype());
        tasks.add(
                "columnSumsMixed",
                geometry(rows, columns),
                tasks.arguments().halves(SUMMED, x).scratch(partial),
                List.of(rows, columns, rowsOfPart, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::columnSumsMixed,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(SUMMED),
                                at.scratch(),
                                at.column(),
                                rows,
                                columns,
                                rowsOfPart,
                                format));
    }

    /**
     * Adds the parts of sums over {@code rows} rows, which lie in scratch memory, to their targets.
     *
     * @param targets one vector, or two in one array
     */
    public static void addParts(Tasks tasks, int rows, Tensor... targets) {
        int vectors = targets.length;
        int columns = targets[0].size();
        int parts = parts(rows);
        Arguments arguments =
                tasks.arguments()
                        .scratch(scratch(rows, columns, vectors))
                        .tensor(TARGETS, targets[0]);
        for (int i = 1; i < vectors; i++) {
            arguments.alongside(TARGETS + i, targets[i], TARGETS);
        }
        tasks.add(
                "addColumnSums",
                Geometry.groups(Geometry.ceil(columns, COLUMNS), vectors, 1),
                arguments,
                List.of(parts, vectors, columns),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::addColumnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(TARGETS),
                                at.column(),
                                parts,
                                vectors,
                                columns));
    }

    /**
     * Rows of a part, a multiple of {@link #TOGETHER}; depends on their number alone, so the order
     * of the sum does.
     */
    public static int rowsOfPart(int rows) {
        int least = Math.max(ROWS, Geometry.ceil(rows, MOST_PARTS));
        return Geometry.ceil(least, TOGETHER) * TOGETHER;
    }

    /** Into how many parts the rows fall. */
    private static int parts(int rows) {
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

    /**
     * Tensors: dY [rows, columns]; scratch: partial [parts, 1, columns, 2].
     *
     * @param rowsOfPart {@link #rowsOfPart}
     */
    public static void columnSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray partial,
            int column,
            int rows,
            int columns,
            int rowsOfPart) {
        int dYAt = offsets.get(Entry.of(row, place, column) + SUMMED);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < columns) {
            float[] values = new float[TOGETHER];
            double sum = 0;
            for (int r = 0; r < rowsOfPart; r += TOGETHER) {
                int first = part * rowsOfPart + r;
                for (int j = 0; j < TOGETHER; j++) {
                    int at = TornadoMath.min(first + j, rows - 1);
                    values[j] = dY.get(dYAt + at * columns + i);
                }
                for (int j = 0; j < TOGETHER; j++) {
                    sum += first + j < rows ? values[j] : 0f;
                }
            }
            setPart(partial, 2 * (part * columns + i), sum);
        }
    }

    /**
     * {@link #columnSums} of rows of 16 bits, where four work items read a word.
     *
     * @param format of dY, as {@link Halves} has it
     */
    public static void columnSumsMixed(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            FloatArray partial,
            int column,
            int rows,
            int columns,
            int rowsOfPart,
            int format) {
        int dYAt = offsets.get(Entry.of(row, place, column) + SUMMED);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < columns) {
            long[] words = new long[TOGETHER];
            double sum = 0;
            for (int r = 0; r < rowsOfPart; r += TOGETHER) {
                int first = part * rowsOfPart + r;
                for (int j = 0; j < TOGETHER; j++) {
                    int at = TornadoMath.min(first + j, rows - 1);
                    words[j] = dY.get(dYAt + at * (columns / 4) + i / 4);
                }
                for (int j = 0; j < TOGETHER; j++) {
                    float value = Halves.value(words[j], i % 4, format);
                    sum += first + j < rows ? value : 0f;
                }
            }
            setPart(partial, 2 * (part * columns + i), sum);
        }
    }

    /** Hands a part's sum on as two floats, the second what the first leaves over. */
    public static void setPart(FloatArray partial, int at, double sum) {
        float high = (float) sum;
        partial.set(at, high);
        partial.set(at + 1, (float) (sum - high));
    }

    /**
     * Adds the parts to one or two vectors of a buffer, every eighth by one item, in an order that
     * their number alone decides. Tensors: target 0, target 1 [columns];
     * scratch: partial [parts, vectors, columns, 2]. With one vector the second offset is not read.
     */
    public static void addColumnSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray targets,
            int column,
            int parts,
            int vectors,
            int columns) {
        int item = context.localIdx;
        int lane = item / COLUMNS;
        int i = context.groupIdx * COLUMNS + item % COLUMNS;
        int here = TornadoMath.min(i, columns - 1);
        int vector = context.groupIdy;
        int at = offsets.get(Entry.of(row, place, column) + TARGETS + vector) + here;
        float[] highSums = context.allocateFloatLocalArray(Geometry.GROUP);
        float[] lowSums = context.allocateFloatLocalArray(Geometry.GROUP);
        float[] highs = new float[PARTS_TOGETHER];
        float[] lows = new float[PARTS_TOGETHER];
        double sum = 0;
        for (int first = lane; first < parts; first += LANES * PARTS_TOGETHER) {
            for (int j = 0; j < PARTS_TOGETHER; j++) {
                int part = TornadoMath.min(first + j * LANES, parts - 1);
                int from = 2 * ((part * vectors + vector) * columns + here);
                highs[j] = partial.get(from);
                lows[j] = partial.get(from + 1);
            }
            for (int j = 0; j < PARTS_TOGETHER; j++) {
                double high = highs[j];
                sum += first + j * LANES < parts ? high + lows[j] : 0;
            }
        }
        float highSum = (float) sum;
        highSums[item] = highSum;
        lowSums[item] = (float) (sum - highSum);
        context.localBarrier();
        if (lane == 0 && i < columns) {
            double total = 0;
            for (int other = item; other < Geometry.GROUP; other += COLUMNS) {
                double high = highSums[other];
                total += high + lowSums[other];
            }
            targets.set(at, (float) (targets.get(at) + total));
        }
    }
}
