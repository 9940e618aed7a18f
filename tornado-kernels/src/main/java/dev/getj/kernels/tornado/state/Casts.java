package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/** Copies between floats and numbers of 16 bits: a work item for each word of four. */
public final class Casts {
    // The tensors of each kernel, as both sides number them.
    private static final int X = 0;
    private static final int Y = 1;

    private Casts() {}

    static void record(Tasks tasks, StateOp.Cast op) {
        boolean fromHalf = op.x().dtype().isHalf();
        boolean toHalf = op.y().dtype().isHalf();
        if (fromHalf && toHalf) {
            throw new IllegalArgumentException(
                    "cast: from %s to %s; devices cast from F32 or to it"
                            .formatted(op.x().dtype(), op.y().dtype()));
        }
        if (toHalf) {
            narrow(tasks, tasks.arguments().tensor(X, op.x()), op.y());
        } else if (fromHalf) {
            widen(tasks, op.x(), op.y());
        } else {
            Elementwise.copy(tasks, op.x(), op.y());
        }
    }

    /**
     * Rounds what a kernel left in scratch memory (see {@link Arguments#result}), if y has 16 bits;
     * otherwise nothing.
     */
    public static void round(Tasks tasks, Tensor y) {
        if (y.dtype().isHalf()) {
            narrow(tasks, tasks.arguments().scratch(X, y.size()), y);
        }
    }

    private static void narrow(Tasks tasks, Arguments x, Tensor y) {
        int size = y.size();
        int format = Halves.format(y.dtype());
        tasks.add(
                "narrow",
                Geometry.items(Geometry.ceil(size, 4), 1),
                x.halves(Y, y),
                List.of(size, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Casts::narrowState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(X),
                                at.words(Y),
                                at.column(),
                                size,
                                format));
    }

    private static void widen(Tasks tasks, Tensor x, Tensor y) {
        int size = y.size();
        int format = Halves.format(x.dtype());
        tasks.add(
                "widen",
                Geometry.items(Geometry.ceil(size, 4), 1),
                tasks.arguments().halves(X, x).tensor(Y, y),
                List.of(size, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Casts::widenState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(X),
                                at.array(Y),
                                at.column(),
                                size,
                                format));
    }

    /**
     * {@code y = x}, rounded. Tensors: x [size], y [size], whose last word may hold numbers of
     * others.
     *
     * @param format of y, as {@link Halves} has it
     */
    public static void narrowState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            LongArray y,
            int column,
            int size,
            int format) {
        int entry = Entry.of(row, place, column);
        int xAt = offsets.get(entry + X) + 4 * context.globalIdx;
        int yAt = offsets.get(entry + Y) + context.globalIdx;
        int left = size - 4 * context.globalIdx;
        if (left >= 4) {
            long lower =
                    Halves.bits(x.get(xAt), format) | Halves.bits(x.get(xAt + 1), format) << 16;
            long upper =
                    Halves.bits(x.get(xAt + 2), format) | Halves.bits(x.get(xAt + 3), format) << 16;
            y.set(yAt, lower | upper << 32);
        }
        if (left > 0 && left < 4) {
            long word = y.get(yAt);
            for (int i = 0; i < 3; i++) {
                if (i < left) {
                    word =
                            word & ~(0xFFFFL << 16 * i)
                                    | Halves.bits(x.get(xAt + i), format) << 16 * i;
                }
            }
            y.set(yAt, word);
        }
    }

    /**
     * {@code y = x}, exactly. Tensors: x [size], y [size].
     *
     * @param format of x, as {@link Halves} has it
     */
    public static void widenState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray x,
            FloatArray y,
            int column,
            int size,
            int format) {
        int entry = Entry.of(row, place, column);
        int first = 4 * context.globalIdx;
        if (first < size) {
            long word = x.get(offsets.get(entry + X) + context.globalIdx);
            int yAt = offsets.get(entry + Y) + first;
            for (int i = 0; i < 4; i++) {
                if (first + i < size) {
                    y.set(yAt + i, Halves.value(word, i, format));
                }
            }
        }
    }
}
