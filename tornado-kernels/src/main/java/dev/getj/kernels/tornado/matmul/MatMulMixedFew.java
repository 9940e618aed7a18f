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
 * Forward product of few rows with factors of 16 bits on tensor cores, where {@link MatMulMixed}
 * would leave most processors idle and what counts is how often a sum waits for memory: tiles of 64
 * × 64, 128 of k at a time. Sums run along k as there. CUDA only.
 */
public final class MatMulMixedFew {
    /** Rows and columns of a tile. */
    static final int TILE = 64;

    /** Rows and columns of what a warp computes. */
    private static final int WARP_TILE = 32;

    private static final int GROUP = 128;

    /** Length of a panel along k. */
    private static final int STEP = 128;

    /** Ints of a panel [64, 128], two numbers each. */
    private static final int PANEL = TILE * STEP / 2;

    /** Words of a panel that an item brings. */
    private static final int SHARE = TILE * STEP / 4 / GROUP;

    /** Bytes of a panel's row: sixteen pieces of 16. */
    private static final int ROW = 2 * STEP;

    /** Rows that a work-group brings at once, one a warp. */
    private static final int ROWS = GROUP / (STEP / 4);

    /** Elements that an item reads for before it writes them. */
    private static final int READS = 16;

    private MatMulMixedFew() {}

    static int tiles(int m, int n) {
        return Math.multiplyExact(Geometry.ceil(m, TILE), Geometry.ceil(n, TILE));
    }

    /**
     * Adds the product to the tasks; its arguments have the names in {@link MatMul}.
     *
     * @param format of the factors, as {@link Halves} has it
     */
    static void record(Tasks tasks, Arguments arguments, Product p, int format) {
        p.requireWords();
        tasks.add(
                "matMulMixedFew",
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
                                MatMulMixedFew::matMulMixedFew,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(MatMul.A),
                                at.words(MatMul.B),
                                at.array(MatMul.BIAS),
                                at.array(MatMul.EXTRA),
                                at.array(MatMul.CONDITION),
                                at.words(MatMul.KEPT),
                                at.array(MatMul.Y),
                                at.words(MatMul.HALVES),
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
     * All as for {@link MatMulMixed#matMulMixed}, whose layout is here {@link MatMul#FORWARD} and
     * which has one part.
     */
    public static void matMulMixedFew(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray a,
            LongArray b,
            FloatArray bias,
            FloatArray extra,
            FloatArray condition,
            LongArray kept,
            FloatArray y,
            LongArray halves,
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
        int halvesAt = offsets.get(entry + MatMul.HALVES);
        int keptAt = offsets.get(entry + MatMul.KEPT);

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        int warpM = (warp >> 1) * WARP_TILE;
        int warpN = (warp & 1) * WARP_TILE;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int steps = (k + STEP - 1) / STEP;
        int words = k / 4;
        // constants of the compiled kernel, as the shapes are
        boolean injects = Epilogue.injectsHalves(epilogue);
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;
        boolean wholeA = wholeM && k % STEP == 0;
        boolean wholeB = wholeN && k % STEP == 0;

        int[] panels = context.allocateIntLocalArray(2 * PANEL);
        float[] staged = context.allocateFloatLocalArray(TILE * TILE);
        VectorFloat4 held = new VectorFloat4(2 * WARP_TILE / 2);
        float[] values = new float[READS];
        long[] nextA = new long[SHARE];
        long[] nextB = new long[SHARE];

        // as in MatMulMixed; the pieces of a row change places with the row's number
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int rowA = (warpM + odd * 8 + inEight) * ROW - usualA;
        int rowB = 4 * PANEL + (warpN + inEight) * ROW - usualA;
        int put = warp * (ROW / 4) + (lane & 1) * 2;
        int piece = lane >> 1 ^ warp;

        float[] c00 = context.mmaFragment(0f);
        float[] c01 = context.mmaFragment(0f);
        float[] c02 = context.mmaFragment(0f);
        float[] c03 = context.mmaFragment(0f);
        float[] c10 = context.mmaFragment(0f);
        float[] c11 = context.mmaFragment(0f);
        float[] c12 = context.mmaFragment(0f);
        float[] c13 = context.mmaFragment(0f);

        for (int i = 0; i < SHARE; i++) {
            int inTile = warp + i * ROWS;
            nextA[i] = Halves.word(a, aAt, words, m, words, firstM + inTile, lane, wholeA);
            nextB[i] = Halves.word(b, bAt, words, n, words, firstN + inTile, lane, wholeB);
        }
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < SHARE; i++) {
                // row warp + 4 i, whose last three bits are warp + 4 (i mod 2)
                int at = put + i * ROWS * (ROW / 4) + (piece ^ i % 2 * 4) * 4;
                panels[at] = (int) nextA[i];
                panels[at + 1] = (int) (nextA[i] >> 32);
                panels[PANEL + at] = (int) nextB[i];
                panels[PANEL + at + 1] = (int) (nextB[i] >> 32);
            }
            // in front of a barrier, behind which nothing can move the loads
            int inRow = TornadoMath.min(step + 1, steps - 1) * (STEP / 4) + lane;
            for (int i = 0; i < SHARE; i++) {
                int inTile = warp + i * ROWS;
                nextA[i] = Halves.word(a, aAt, words, m, words, firstM + inTile, inRow, wholeA);
                nextB[i] = Halves.word(b, bAt, words, n, words, firstN + inTile, inRow, wholeB);
            }
            context.localBarrier();
            for (int part = 0; part < STEP / 16; part++) {
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
        int stage = (warpM + ofQuad) * TILE + warpN;
        int stageTurn = (ofQuad & 3) << 3;
        context.mmaStore(c00, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
        context.mmaStore(c01, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
        context.mmaStore(c02, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
        context.mmaStore(c03, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
        context.mmaStore(c10, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
        context.mmaStore(c11, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
        context.mmaStore(c12, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
        context.mmaStore(c13, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
        for (int j = 0; j < 2 * WARP_TILE / 8; j++) {
            int at = stage + j / 4 * 16 * TILE + (j % 4 * 8 + 2 * inQuad ^ stageTurn);
            staged[at] = held.get(4 * j + 1).getX();
            staged[at + 1] = held.get(4 * j + 1).getY();
            staged[at + 8 * TILE] = held.get(4 * j + 3).getX();
            staged[at + 8 * TILE + 1] = held.get(4 * j + 3).getY();
        }
        context.localBarrier();
        if ((epilogue & Epilogue.HALF) != 0) {
            // four neighbours an item, eight rows a work-group
            int inTile = (item & 15) * 4;
            int atN = firstN + inTile;
            for (int first = 0; first < TILE; first += 8 * READS / 4) {
                for (int i = 0; i < READS; i++) {
                    int r = first + i / 4 * 8 + (item >> 4);
                    int atM = firstM + r;
                    int at = r * TILE + (inTile ^ (r & 3) << 3) + i % 4;
                    if ((wholeM || atM < m) && (wholeN || atN < n)) {
                        values[i] =
                                Epilogue.read(
                                        staged[at],
                                        atM,
                                        atN + i % 4,
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
                        if (injects) {
                            int at16 = keptAt + atM * (extraWidth / 4) + atN / 4;
                            values[i] += Halves.value(kept.get(at16), i % 4, format);
                        }
                    }
                }
                for (int i = 0; i < READS / 4; i++) {
                    int atM = firstM + first + i * 8 + (item >> 4);
                    if ((wholeM || atM < m) && (wholeN || atN < n)) {
                        Epilogue.storeWord(
                                values[4 * i],
                                values[4 * i + 1],
                                values[4 * i + 2],
                                values[4 * i + 3],
                                atM * n + atN,
                                atM * (n / 4) + atN / 4,
                                y,
                                extraAt,
                                halves,
                                halvesAt,
                                keptAt,
                                epilogue,
                                format);
                    }
                }
            }
        } else {
            // neighbours neighbours, two rows a work-group
            int inTile = item & 63;
            int atN = firstN + inTile;
            for (int first = 0; first < TILE; first += 2 * READS) {
                for (int i = 0; i < READS; i++) {
                    int r = first + i * 2 + (item >> 6);
                    int atM = firstM + r;
                    int at = r * TILE + (inTile ^ (r & 3) << 3);
                    if ((wholeM || atM < m) && (wholeN || atN < n)) {
                        values[i] =
                                Epilogue.read(
                                        staged[at],
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
                for (int i = 0; i < READS; i++) {
                    int atM = firstM + first + i * 2 + (item >> 6);
                    if ((wholeM || atM < m) && (wholeN || atN < n)) {
                        Epilogue.store(values[i], atM * n + atN, y, yAt, extraAt, epilogue);
                    }
                }
            }
        }
    }
}
