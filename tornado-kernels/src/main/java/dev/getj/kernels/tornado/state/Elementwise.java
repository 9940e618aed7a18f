package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * Filling, copying and mixing of states. An item of {@code fill}, {@code copy} and {@code mix} has
 * several elements, as far apart as items of a group are many; the latter two read them all before
 * they write any, since so much has to be on its way for memory to be busy.
 */
public final class Elementwise {
    // The tensors of each kernel, as both sides number them.
    private static final int FILLED = 0;
    private static final int X = 0;
    private static final int Y = 1;
    private static final int CHOSEN = 0;
    private static final int SELECTED_FROM = 1;
    private static final int SELECTED_TO = 2;

    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 8;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Elementwise() {}

    private static Geometry blocks(int size) {
        int groups = Geometry.ceil(size, BLOCK);
        // indices of elements are ints, those beyond the last one too
        Math.multiplyExact(groups, BLOCK);
        return Geometry.groups(groups, 1, 1);
    }

    static void fill(Tasks tasks, float value, Tensor y) {
        int size = y.size();
        tasks.add(
                "fill",
                blocks(size),
                tasks.arguments().tensor(FILLED, y),
                List.of(size, value),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::fillState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(FILLED),
                                at.column(),
                                size,
                                value));
    }

    static void fillColumns(Tasks tasks, StateOp.FillColumns op) {
        int size = op.y().rows() * op.count();
        int columns = op.y().dim(-1);
        int column = op.column();
        int count = op.count();
        float value = op.value();
        tasks.add(
                "fillColumns",
                Geometry.items(size, 1),
                tasks.arguments().tensor(FILLED, op.y()),
                List.of(size, columns, column, count, value),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::fillColumnsOfState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(FILLED),
                                at.column(),
                                size,
                                columns,
                                column,
                                count,
                                value));
    }

    static void copy(Tasks tasks, Tensor x, Tensor y) {
        int size = y.size();
        tasks.add(
                "copy",
                blocks(size),
                tasks.arguments().tensor(X, x).tensor(Y, y),
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::copyState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(X),
                                at.array(Y),
                                at.column(),
                                size));
    }

    /** {@code y = a·x + b·y}. */
    public static void mix(Tasks tasks, float a, Tensor x, float b, Tensor y) {
        int size = y.size();
        tasks.add(
                "mix",
                blocks(size),
                tasks.arguments().tensor(X, x).tensor(Y, y),
                List.of(size, a, b),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::mixState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(X),
                                at.array(Y),
                                at.column(),
                                size,
                                a,
                                b));
    }

    static void select(Tasks tasks, StateOp.Select op) {
        int size = op.from().size();
        int length = size / op.from().dim(0);
        Arguments arguments =
                tasks.arguments()
                        .ints(CHOSEN, op.chosen())
                        .tensor(SELECTED_FROM, op.from())
                        .tensor(SELECTED_TO, op.to());
        tasks.add(
                "select",
                Geometry.items(size, 1),
                arguments,
                List.of(size, length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::selectSamples,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.ints(),
                                at.array(SELECTED_FROM),
                                at.array(SELECTED_TO),
                                at.column(),
                                size,
                                length));
    }

    /** {@code y = value}. Tensors: y [size]. */
    public static void fillState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray y,
            int column,
            int size,
            float value) {
        int yAt = offsets.get(Entry.of(row, place, column) + FILLED);
        int first = context.groupIdx * BLOCK + context.localIdx;
        for (int j = 0; j < OF_ITEM; j++) {
            int i = first + j * GROUP;
            if (i < size) {
                y.set(yAt + i, value);
            }
        }
    }

    /**
     * {@code y[:, first … first + count) = value}. Tensors: y [R, columns].
     *
     * @param size R · count
     */
    public static void fillColumnsOfState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray y,
            int column,
            int size,
            int columns,
            int first,
            int count,
            float value) {
        int yAt = offsets.get(Entry.of(row, place, column) + FILLED);
        int i = context.globalIdx;
        if (i < size) {
            y.set(yAt + i / count * columns + first + i % count, value);
        }
    }

    /** {@code y = x}. Tensors: x, y [size]. */
    public static void copyState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            FloatArray y,
            int column,
            int size) {
        int entry = Entry.of(row, place, column);
        int xAt = offsets.get(entry + X);
        int yAt = offsets.get(entry + Y);
        int first = context.groupIdx * BLOCK + context.localIdx;
        float[] values = new float[OF_ITEM];
        for (int j = 0; j < OF_ITEM; j++) {
            values[j] = x.get(xAt + TornadoMath.min(first + j * GROUP, size - 1));
        }
        for (int j = 0; j < OF_ITEM; j++) {
            int i = first + j * GROUP;
            if (i < size) {
                y.set(yAt + i, values[j]);
            }
        }
    }

    /** {@code y = a·x + b·y}: also {@code add} and {@code ema}. Tensors: x, y [size]. */
    public static void mixState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            FloatArray y,
            int column,
            int size,
            float a,
            float b) {
        int entry = Entry.of(row, place, column);
        int xAt = offsets.get(entry + X);
        int yAt = offsets.get(entry + Y);
        int first = context.groupIdx * BLOCK + context.localIdx;
        float[] values = new float[OF_ITEM];
        for (int j = 0; j < OF_ITEM; j++) {
            int i = TornadoMath.min(first + j * GROUP, size - 1);
            values[j] = a * x.get(xAt + i) + b * y.get(yAt + i);
        }
        for (int j = 0; j < OF_ITEM; j++) {
            int i = first + j * GROUP;
            if (i < size) {
                y.set(yAt + i, values[j]);
            }
        }
    }

    /**
     * {@code to[b] = from[b]} where {@code chosen[b] ≠ 0}. Tensors: chosen, from, to [size], of
     * samples {@code length} long.
     */
    public static void selectSamples(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            IntArray ints,
            FloatArray from,
            FloatArray to,
            int column,
            int size,
            int length) {
        int entry = Entry.of(row, place, column);
        int chosenAt = offsets.get(entry + CHOSEN);
        int fromAt = offsets.get(entry + SELECTED_FROM);
        int toAt = offsets.get(entry + SELECTED_TO);
        int i = context.globalIdx;
        if (i < size) {
            if (ints.get(chosenAt + i / length) != 0) {
                to.set(toAt + i, from.get(fromAt + i));
            }
        }
    }
}
