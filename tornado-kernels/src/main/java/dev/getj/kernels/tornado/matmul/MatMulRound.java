package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/**
 * What follows a product that a library has left in 16 bits, or in floats that are to be rounded:
 * the {@link Epilogue}, in float.
 */
public final class MatMulRound {
    private static final int SUMS = 0;
    private static final int BIAS = 1;
    private static final int EXTRA = 2;
    private static final int CONDITION = 3;
    private static final int KEPT = 4;
    private static final int Y = 5;

    // where the sums of a product are

    /** In y, in 16 bits. */
    static final int IN_RESULT = 0;

    /** In the pre-activation, in 16 bits. */
    static final int IN_KEPT = 1;

    /** In the pre-activation, as floats. */
    static final int IN_FLOATS = 2;

    /** Rows of which an item asks memory for a word of four numbers, all at once. */
    private static final int ROWS = 4;

    private MatMulRound() {}

    /**
     * Adds the task.
     *
     * @param in where the sums are: {@link #IN_RESULT}, {@link #IN_KEPT} or {@link #IN_FLOATS}
     * @param p with {@link Epilogue#HALF_EXTRA} where it keeps or reads a pre-activation of 16
     *     bits, or adds an injection of 16 bits
     */
    static void record(Tasks tasks, Operands operands, Product p, int in) {
        p.requireWordsOfInjection();
        int format = Halves.format(operands.y().dtype());
        int items = Math.multiplyExact(Geometry.ceil(p.m(), ROWS), p.n() / 4);
        boolean half = (p.flags() & Epilogue.HALF_EXTRA) != 0;
        Arguments arguments = tasks.arguments();
        if (in == IN_FLOATS) {
            arguments.tensor(SUMS, operands.extra());
        } else {
            arguments.absent(SUMS);
        }
        arguments.tensor(BIAS, operands.bias());
        if (half) {
            arguments.absent(EXTRA);
        } else {
            operands.extra(arguments, EXTRA);
        }
        arguments.tensor(CONDITION, operands.condition());
        if (half) {
            arguments.halves(KEPT, operands.extra().orElseThrow(), operands.first());
        } else {
            arguments.absentWords(KEPT);
        }
        arguments.halves(Y, operands.y());
        if (half && (p.flags() & Epilogue.KEEP) != 0) {
            arguments.requireSameArray(KEPT, Y);
        }
        tasks.add(
                "matMulRound",
                Geometry.items(items, 1),
                arguments,
                List.of(p.m(), p.n(), format, in, p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulRound::matMulRound,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(SUMS),
                                at.array(BIAS),
                                at.array(EXTRA),
                                at.array(CONDITION),
                                at.words(KEPT),
                                at.words(Y),
                                at.column(),
                                p.m(),
                                p.n(),
                                format,
                                in,
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /**
     * Tensors: sums [M, N], bias, extra, condition, a pre-activation of 16 bits [M, N] or an
     * injection, y [M, N];
     * what the epilogue does not name is not read, but its entry in {@code offsets} is there. A
     * pre-activation that is kept lies in the array of y.
     *
     * @param n columns of y, a multiple of 4
     * @param format of y, as {@link Halves} has it
     * @param in where the sums are
     * @param epilogue a sum of {@link Epilogue}'s flags
     * @param period rows of the residual, or tokens of a sample for the condition; at least 1
     * @param extraWidth length of the injection's rows
     */
    public static void matMulRound(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray sums,
            FloatArray bias,
            FloatArray extra,
            FloatArray condition,
            LongArray kept,
            LongArray y,
            int column,
            int m,
            int n,
            int format,
            int in,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int sumsAt = offsets.get(entry + SUMS);
        int biasAt = offsets.get(entry + BIAS);
        int extraAt = offsets.get(entry + EXTRA);
        int conditionAt = offsets.get(entry + CONDITION);
        int keptAt = offsets.get(entry + KEPT);
        int yAt = offsets.get(entry + Y);
        int inRow = n / 4;
        int block = context.globalIdx / inRow;
        int atWord = context.globalIdx - block * inRow;
        int atN = 4 * atWord;
        int firstM = ROWS * block;
        // constants of the compiled kernel
        boolean keeps = (epilogue & Epilogue.KEEP) != 0 && (epilogue & Epilogue.HALF_EXTRA) != 0;
        boolean derivative =
                (epilogue & Epilogue.GELU_DERIVATIVE) != 0 && (epilogue & Epilogue.HALF_EXTRA) != 0;
        boolean injects = Epilogue.injectsHalves(epilogue);
        boolean biased = (epilogue & Epilogue.BIAS) != 0;
        int rest = biased ? epilogue - Epilogue.BIAS : epilogue;
        long[] found = new long[ROWS];
        long[] before = new long[ROWS];
        float[] values = new float[4 * ROWS];
        float[] biases = new float[4];
        for (int i = 0; i < ROWS; i++) {
            int word = (firstM + i) * inRow + atWord;
            if (in != IN_FLOATS && firstM + i < m) {
                found[i] = y.get((in == IN_KEPT ? keptAt : yAt) + word);
            }
            if (derivative && firstM + i < m) {
                before[i] = kept.get(keptAt + word);
            }
            if (injects && firstM + i < m) {
                before[i] = kept.get(keptAt + (firstM + i) * (extraWidth / 4) + atWord);
            }
        }
        for (int j = 0; j < 4; j++) {
            biases[j] = biased && firstM < m ? bias.get(biasAt + atN + j) : 0f;
        }
        for (int i = 0; i < ROWS; i++) {
            int atM = firstM + i;
            for (int j = 0; j < 4; j++) {
                if (atM < m) {
                    float sum =
                            in == IN_FLOATS
                                    ? sums.get(sumsAt + atM * n + atN + j)
                                    : sum(found[i], j, format, epilogue);
                    values[4 * i + j] =
                            Epilogue.read(
                                    biased ? sum + biases[j] : sum,
                                    atM,
                                    atN + j,
                                    n,
                                    bias,
                                    biasAt,
                                    sums,
                                    sumsAt,
                                    extra,
                                    extraAt,
                                    condition,
                                    conditionAt,
                                    rest,
                                    period,
                                    extraWidth);
                    if (derivative) {
                        values[4 * i + j] *=
                                Gelu.roundedDerivative(Halves.value(before[i], j, format));
                    }
                    if (injects) {
                        values[4 * i + j] += Halves.value(before[i], j, format);
                    }
                }
            }
        }
        for (int i = 0; i < ROWS; i++) {
            int word = (firstM + i) * inRow + atWord;
            if (firstM + i < m) {
                long result = 0L;
                long keptResult = 0L;
                for (int j = 0; j < 4; j++) {
                    float value = values[4 * i + j];
                    float stored = (epilogue & Epilogue.GELU) != 0 ? Gelu.rounded(value) : value;
                    result = Halves.with(result, j, stored, format);
                    if (keeps) {
                        keptResult = Halves.with(keptResult, j, value, format);
                    }
                }
                if (keeps) {
                    y.set(keptAt + word, keptResult);
                }
                y.set(yAt + word, result);
            }
        }
    }

    // GELU takes what is infinite for 2¹⁶, and gives what is rounded to infinity, or 0, again
    private static float sum(long word, int i, int format, int epilogue) {
        return (epilogue & Epilogue.GELU) != 0
                ? Halves.finite(word, i, format)
                : Halves.value(word, i, format);
    }
}
