package dev.getj.kernels.tornado.image;

import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.DeviceTask;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/** Rows of a table by label, and the gradient of the table. */
public final class Embedding {
    // The tensors of each kernel, as both sides number them.
    private static final int TABLE = 0;
    private static final int LABELS = 1;
    private static final int Y = 2;
    private static final int D_Y = 0;
    private static final int D_TABLE = 2;

    private Embedding() {}

    /**
     * Adds the task.
     *
     * @throws IllegalArgumentException if rows of 16 bits do not consist of words
     */
    static void record(Tasks tasks, ImageOp.Embedding op) {
        boolean half = op.table().dtype().isHalf();
        int width = op.table().dim(1);
        if (half && width % 4 != 0) {
            throw new IllegalArgumentException(
                    "a table of 16 bits has rows of a multiple of 4 numbers on a device, not "
                            + width);
        }
        int length = half ? width / 4 : width;
        Arguments arguments = tasks.arguments();
        if (half) {
            arguments.halves(TABLE, op.table()).ints(LABELS, op.labels()).halves(Y, op.y());
        } else {
            arguments.tensor(TABLE, op.table()).ints(LABELS, op.labels()).tensor(Y, op.y());
        }
        tasks.add(
                half ? "embedWords" : "embedLabels",
                forwardGeometry(op.labels().size(), length),
                arguments,
                List.of(length),
                half ? ofWords(length) : ofFloats(length));
    }

    private static DeviceTask.Launch ofFloats(int width) {
        return (graph, id, at) ->
                graph.task(
                        id,
                        Embedding::embedLabels,
                        at.context(),
                        at.offsets(),
                        at.row(),
                        at.place(),
                        at.array(TABLE),
                        at.ints(),
                        at.array(Y),
                        at.column(),
                        width);
    }

    private static DeviceTask.Launch ofWords(int words) {
        return (graph, id, at) ->
                graph.task(
                        id,
                        Embedding::embedWords,
                        at.context(),
                        at.offsets(),
                        at.row(),
                        at.place(),
                        at.words(TABLE),
                        at.ints(),
                        at.words(Y),
                        at.column(),
                        words);
    }

    static void record(Tasks tasks, ImageOp.EmbeddingBackward op) {
        int samples = op.labels().size();
        int width = op.dTable().dim(1);
        Arguments arguments =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .ints(LABELS, op.labels())
                        .tensor(D_TABLE, op.dTable());
        tasks.add(
                "embedLabelsBackward",
                backwardGeometry(op.dTable().dim(0), width),
                arguments,
                List.of(samples, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Embedding::embedLabelsBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.ints(),
                                at.array(D_TABLE),
                                at.column(),
                                samples,
                                width));
    }

    /** A work item for each column of each row of the result. */
    private static Geometry forwardGeometry(int samples, int width) {
        return Geometry.items(width, samples);
    }

    /** A work item for each column of each row of the table. */
    private static Geometry backwardGeometry(int classes, int width) {
        return Geometry.items(width, classes);
    }

    /** {@code y[b] = table[labels[b]]}. Tensors: table [K, width], labels [B], y [B, width]. */
    public static void embedLabels(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray table,
            IntArray ints,
            FloatArray y,
            int column,
            int width) {
        int entry = Entry.of(row, place, column);
        int tableAt = offsets.get(entry + TABLE);
        int labelsAt = offsets.get(entry + LABELS);
        int yAt = offsets.get(entry + Y);
        int i = context.globalIdx;
        int b = context.globalIdy;
        if (i < width) {
            y.set(yAt + b * width + i, table.get(tableAt + ints.get(labelsAt + b) * width + i));
        }
    }

    /** The same of rows of so many words of four numbers. */
    public static void embedWords(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray table,
            IntArray ints,
            LongArray y,
            int column,
            int words) {
        int entry = Entry.of(row, place, column);
        int tableAt = offsets.get(entry + TABLE);
        int labelsAt = offsets.get(entry + LABELS);
        int yAt = offsets.get(entry + Y);
        int i = context.globalIdx;
        int b = context.globalIdy;
        if (i < words) {
            y.set(yAt + b * words + i, table.get(tableAt + ints.get(labelsAt + b) * words + i));
        }
    }

    /**
     * {@code dTable[k] += Σ dY[b]} over the samples of class k, in their order: an element belongs
     * to one work item, so no two meet. Tensors: dY [samples, width], labels [samples], dTable [K,
     * width].
     */
    public static void embedLabelsBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            IntArray ints,
            FloatArray dTable,
            int column,
            int samples,
            int width) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int labelsAt = offsets.get(entry + LABELS);
        int dTableAt = offsets.get(entry + D_TABLE);
        int i = context.globalIdx;
        int label = context.globalIdy;
        if (i < width) {
            float sum = dTable.get(dTableAt + label * width + i);
            for (int b = 0; b < samples; b++) {
                if (ints.get(labelsAt + b) == label) {
                    sum += dY.get(dYAt + b * width + i);
                }
            }
            dTable.set(dTableAt + label * width + i, sum);
        }
    }
}
