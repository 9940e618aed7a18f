package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

import java.util.List;

/**
 * Forward product with factors of 16 bits and a result of floats, where even {@link MatMulMixedFew}
 * has fewer tiles than half of a device's processors: tiles of 32 × 32, to which each of four warps
 * adds a quarter of every 256 of k. The four sums are added in order at the end, and depend on k
 * alone. CUDA only.
 */
public final class MatMulMixedSliced {
    /** Rows and columns of a tile. */
    static final int TILE = 32;

    private static final int WARPS = 4;

    private static final int GROUP = 32 * WARPS;

    /** Length of a warp's panel along k. */
    private static final int DEPTH = 64;

    /** Length of all warps' panels along k. */
    private static final int STEP = DEPTH * WARPS;

    /** Bytes of a panel's row: eight pieces of 16. */
    private static final int ROW = 2 * DEPTH;

    /** Ints of a panel [32, 64], two numbers each. */
    private static final int PANEL = TILE * ROW / 4;

    /** Rows that a warp brings at once. */
    private static final int ROWS = 32 * 4 / DEPTH;

    /** Words of a panel that an item brings. */
    private static final int SHARE = TILE / ROWS;

    /** Elements that an item writes. */
    private static final int WRITES = TILE * TILE / GROUP;

    private MatMulMixedSliced() {}

    /**
     * Adds the product to the tasks; its arguments have the names in {@link MatMul}.
     *
     * @param format of the factors, as {@link Halves} has it
     */
    static void record(Tasks tasks, Arguments arguments, Product p, int format) {
        p.requireWords();
        tasks.add(
                "matMulMixedSliced",
                new Geometry(
                        Math.multiplyExact(Geometry.ceil(p.n(), TILE), GROUP),
                        Geometry.ceil(p.m(), TILE),
                        1,
                        GROUP,
                        1,
                        1),
                arguments,
                List.of(p.m(), p.n(), p.k(), format, p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulMixedSliced::matMulMixedSliced,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(MatMul.A),
                                at.words(MatMul.B),
                                at.array(MatMul.BIAS),
                                at.array(MatMul.EXTRA),
                                at.array(MatMul.CONDITION),
                                at.array(MatMul.Y),
                                at.column(),
                                p.m(),
                                p.n(),
                                p.k(),
                                format,
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /**
     * As {@link MatMulMixedFew#matMulMixedFew}, whose result here is y and whose pre-activation, if
     * any, is float.
     */
    public static void matMulMixedSliced(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray a,
            LongArray b,
            FloatArray bias,
            FloatArray extra,
            FloatArray condition,
            FloatArray y,
            int column,
            int m,
            int n,
            int k,
            int format,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int aAt = offsets.get(entry + MatMul.A);
        int bAt = offsets.get(entry + MatMul.B);
        int biasAt = offsets.get(entry + MatMul.BIAS);
        int extraAt = offsets.get(entry + MatMul.EXTRA);
        int conditionAt = offsets.get(entry + MatMul.CONDITION);
        int yAt = offsets.get(entry + MatMul.Y);

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int steps = (k + STEP - 1) / STEP;
        int words = k / 4;
        // constants of the compiled kernel, as the shapes are
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;
        boolean wholeA = wholeM && k % STEP == 0;
        boolean wholeB = wholeN && k % STEP == 0;

        int[] panels = context.allocateIntLocalArray(2 * WARPS * PANEL);
        float[] staged = context.allocateFloatLocalArray(WARPS * TILE * TILE);
        VectorFloat4 held = new VectorFloat4(TILE);
        float[] values = new float[WRITES];
        long[] nextA = new long[SHARE];
        long[] nextB = new long[SHARE];

        // as in MatMulMixed; the pieces of a row change places with the row's number
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int ofWarp = 2 * warp * PANEL;
        int rowA = 4 * ofWarp + (odd * 8 + inEight) * ROW - usualA;
        int rowB = 4 * (ofWarp + PANEL) + inEight * ROW - usualA;
        int inRow = lane & 15;
        int ofRow = lane >> 4;
        int put = ofWarp + ofRow * (ROW / 4) + (inRow & 1) * 2;
        int piece = inRow >> 1 ^ ofRow;
        int word = warp * (DEPTH / 4) + inRow;

        float[] c00 = context.mmaFragment(0f);
        float[] c01 = context.mmaFragment(0f);
        float[] c02 = context.mmaFragment(0f);
        float[] c03 = context.mmaFragment(0f);
        float[] c10 = context.mmaFragment(0f);
        float[] c11 = context.mmaFragment(0f);
        float[] c12 = context.mmaFragment(0f);
        float[] c13 = context.mmaFragment(0f);

        for (int i = 0; i < SHARE; i++) {
            int inTile = ofRow + i * ROWS;
            nextA[i] = Halves.word(a, aAt, words, m, words, firstM + inTile, word, wholeA);
            nextB[i] = Halves.word(b, bAt, words, n, words, firstN + inTile, word, wholeB);
        }
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < SHARE; i++) {
                // row ofRow + 2 i, whose last three bits are ofRow + 2 (i mod 4)
                int at = put + i * ROWS * (ROW / 4) + (piece ^ i % 4 * 2) * 4;
                panels[at] = (int) nextA[i];
                panels[at + 1] = (int) (nextA[i] >> 32);
                panels[PANEL + at] = (int) nextB[i];
                panels[PANEL + at + 1] = (int) (nextB[i] >> 32);
            }
            // in front of a barrier, behind which nothing can move the loads
            int next = TornadoMath.min(step + 1, steps - 1) * (STEP / 4) + word;
            for (int i = 0; i < SHARE; i++) {
                int inTile = ofRow + i * ROWS;
                nextA[i] = Halves.word(a, aAt, words, m, words, firstM + inTile, next, wholeA);
                nextB[i] = Halves.word(b, bAt, words, n, words, firstN + inTile, next, wholeB);
            }
            context.localBarrier();
            for (int part = 0; part < DEPTH / 16; part++) {
                int left = rowA + ((2 * part + (eight >> 1) ^ inEight) << 4);
                int right = rowB + ((2 * part + odd ^ inEight) << 4);
                HalfFloat[] a0 = context.mmaLoadA(panels, 16, left);
                HalfFloat[] a1 = context.mmaLoadA(panels, 16, left + 16 * ROW);
                HalfFloat[] b0 = context.mmaLoadA(panels, 16, right);
                c00 = Halves.multiply(context, a0, b0, c00, format);
                c10 = Halves.multiply(context, a1, b0, c10, format);
                HalfFloat[] b1 = context.mmaLoadA(panels, 16, right + 8 * ROW);
                c01 = Halves.multiply(context, a0, b1, c01, format);
                c11 = Halves.multiply(context, a1, b1, c11, format);
                HalfFloat[] b2 = context.mmaLoadA(panels, 16, right + 16 * ROW);
                c02 = Halves.multiply(context, a0, b2, c02, format);
                c12 = Halves.multiply(context, a1, b2, c12, format);
                HalfFloat[] b3 = context.mmaLoadA(panels, 16, right + 24 * ROW);
                c03 = Halves.multiply(context, a0, b3, c03, format);
                c13 = Halves.multiply(context, a1, b3, c13, format);
            }
            context.localBarrier();
        }

        // sums leave through registers and local memory, as in MatMulMixed
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int stage = (warp * TILE + ofQuad) * TILE;
        int stageTurn = (ofQuad & 3) << 3;
        context.mmaStore(c00, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
        context.mmaStore(c01, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
        context.mmaStore(c02, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
        context.mmaStore(c03, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
        context.mmaStore(c10, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
        context.mmaStore(c11, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
        context.mmaStore(c12, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
        context.mmaStore(c13, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
        for (int j = 0; j < TILE / 4; j++) {
            int at = stage + j / 4 * 16 * TILE + (j % 4 * 8 + 2 * inQuad ^ stageTurn);
            staged[at] = held.get(4 * j + 1).getX();
            staged[at + 1] = held.get(4 * j + 1).getY();
            staged[at + 8 * TILE] = held.get(4 * j + 3).getX();
            staged[at + 8 * TILE + 1] = held.get(4 * j + 3).getY();
        }
        context.localBarrier();
        // a row a warp; all is read before any is written
        int atN = firstN + lane;
        for (int i = 0; i < WRITES; i++) {
            int r = warp + i * WARPS;
            int atM = firstM + r;
            int at = r * TILE + (lane ^ (r & 3) << 3);
            float sum = staged[at];
            for (int slice = 1; slice < WARPS; slice++) {
                sum += staged[at + slice * TILE * TILE];
            }
            if ((wholeM || atM < m) && (wholeN || atN < n)) {
                values[i] =
                        Epilogue.read(
                                sum,
                                atM,
                                atN,
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
            }
        }
        for (int i = 0; i < WRITES; i++) {
            int atM = firstM + warp + i * WARPS;
            if ((wholeM || atM < m) && (wholeN || atN < n)) {
                Epilogue.store(values[i], atM * n + atN, y, yAt, extraAt, epilogue);
            }
        }
    }
}
