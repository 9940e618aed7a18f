package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

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
    // The tensors of a tiled product, as both sides number them: extra is a residual, an injection
    // or a pre-activation.
    static final int A = 0;
    static final int B = 1;
    static final int BIAS = 2;
    static final int EXTRA = 3;
    static final int CONDITION = 4;
    static final int Y = 5;

    /** In {@link MatMulMixed}: y, where it has 16 bits. */
    static final int HALVES = 6;

    /** And a pre-activation of 16 bits. */
    static final int KEPT = 7;

    // and those of matMulJoin
    private static final int JOIN_BIAS = 0;
    private static final int JOIN_EXTRA = 1;
    private static final int JOIN_CONDITION = 2;
    private static final int JOIN_Y = 3;

    /** Forward: A is [M, K], B is [N, K]. M rows, N outputs, K inputs. */
    static final int FORWARD = 0;

    /** Gradient of the input: A is [M, K], B is [K, N]. M rows, N inputs, K outputs. */
    static final int BACKWARD_INPUT = 1;

    /** Gradient of the weight: A is [K, M], B is [K, N]. M outputs, N inputs, K rows. */
    static final int BACKWARD_WEIGHT = 2;

    private MatMul() {}

    /** Adds the task that adds the parts of a product. */
    static void join(Tasks tasks, Product p, Operands operands) {
        Arguments arguments = tasks.arguments().scratch(p.partial());
        join(tasks, p, operands, p.parts(), arguments);
    }

    /** Adds the task that does what the epilogue asks for to sums that are in y. */
    static void finish(Tasks tasks, Product p, Operands operands) {
        join(tasks, p.with(Epilogue.ACCUMULATE), operands, 0, tasks.arguments());
    }

    private static void join(
            Tasks tasks, Product p, Operands operands, int parts, Arguments arguments) {
        arguments.tensor(JOIN_BIAS, operands.bias());
        operands.extra(arguments, JOIN_EXTRA)
                .tensor(JOIN_CONDITION, operands.condition())
                .tensor(JOIN_Y, operands.y());
        operands.requireKept(arguments, JOIN_Y, p);
        tasks.add(
                "matMulJoin",
                Geometry.items(Math.multiplyExact(p.m(), p.n()), 1),
                arguments,
                List.of(p.m(), p.n(), parts, p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMul::matMulJoin,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(JOIN_BIAS),
                                at.array(JOIN_EXTRA),
                                at.array(JOIN_CONDITION),
                                at.array(JOIN_Y),
                                at.column(),
                                p.m(),
                                p.n(),
                                parts,
                                p.flags(),
                                p.period(),
                                p.width()));
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
            IntArray place,
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
        int entry = Entry.of(row, place, column);
        int biasAt = offsets.get(entry + JOIN_BIAS);
        int extraAt = offsets.get(entry + JOIN_EXTRA);
        int conditionAt = offsets.get(entry + JOIN_CONDITION);
        int yAt = offsets.get(entry + JOIN_Y);
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
