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
 * Adds the parts of a product of {@link MatMulMixed}, in order, where y or a pre-activation has 16
 * bits: {@link MatMul#matMulJoin}, with a work item for each word of four elements.
 */
public final class MatMulMixedJoin {
    // The tensors of the kernel, as both sides number them.
    static final int BIAS = 0;
    static final int EXTRA = 1;
    static final int CONDITION = 2;
    static final int Y = 3;
    static final int HALVES = 4;
    static final int KEPT = 5;

    private MatMulMixedJoin() {}

    static void record(Tasks tasks, Arguments arguments, Product p, int format) {
        int parts = p.parts();
        tasks.add(
                "matMulMixedJoin",
                Geometry.items(Math.multiplyExact(p.m(), p.n()) / 4, 1),
                arguments,
                List.of(p.m(), p.n(), parts, format, p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulMixedJoin::matMulMixedJoin,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(BIAS),
                                at.array(EXTRA),
                                at.array(CONDITION),
                                at.words(KEPT),
                                at.array(Y),
                                at.words(HALVES),
                                at.column(),
                                p.m(),
                                p.n(),
                                parts,
                                format,
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /**
     * Scratch: partial [parts, M, N]; tensors: bias, extra, condition, y, y in {@code halves}, and a
     * pre-activation or an injection of 16 bits, as for {@link MatMulMixed#matMulMixed}.
     */
    public static void matMulMixedJoin(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray bias,
            FloatArray extra,
            FloatArray condition,
            LongArray kept,
            FloatArray y,
            LongArray halves,
            int column,
            int m,
            int n,
            int parts,
            int format,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int biasAt = offsets.get(entry + BIAS);
        int extraAt = offsets.get(entry + EXTRA);
        int conditionAt = offsets.get(entry + CONDITION);
        int yAt = offsets.get(entry + Y);
        int halvesAt = offsets.get(entry + HALVES);
        int keptAt = offsets.get(entry + KEPT);
        int i = context.globalIdx;
        if (i < m * n / 4) {
            int atM = 4 * i / n;
            int atN = 4 * i % n;
            float[] values = new float[4];
            for (int j = 0; j < 4; j++) {
                float sum = 0f;
                for (int part = 0; part < parts; part++) {
                    sum += partial.get(part * m * n + 4 * i + j);
                }
                float value =
                        Epilogue.read(
                                sum,
                                atM,
                                atN + j,
                                n,
                                bias,
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
                if ((epilogue & Epilogue.GELU_DERIVATIVE) != 0) {
                    if ((epilogue & Epilogue.HALF_EXTRA) != 0) {
                        value *= Gelu.derivative(Halves.value(kept.get(keptAt + i), j, format));
                    }
                }
                if (Epilogue.injectsHalves(epilogue)) {
                    long added = kept.get(keptAt + atM * (extraWidth / 4) + atN / 4);
                    value += Halves.value(added, j, format);
                }
                values[j] = value;
            }
            if ((epilogue & Epilogue.HALF) != 0) {
                Epilogue.storeWord(
                        values[0], values[1], values[2], values[3], 4 * i, i, y, extraAt, halves,
                        halvesAt, keptAt, epilogue, format);
            } else {
                for (int j = 0; j < 4; j++) {
                    Epilogue.store(values[j], 4 * i + j, y, yAt, extraAt, epilogue);
                }
            }
        }
    }
}
