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
 * Matrix product of factors of 16 bits on tensor cores, summed in float: tiles of 128 × 128, of
 * which each of four warps keeps 64 × 64 sums in registers. CUDA only. See {@code
 * docs/kernels/tensor-cores.md}.
 */
public final class MatMulMixed {
    /** Rows and columns of a tile. */
    static final int TILE = 128;

    /** Rows and columns of what a warp computes. */
    private static final int WARP_TILE = 64;

    private static final int WARPS = 4;
    private static final int GROUP = 32 * WARPS;

    /** Length of a panel along k. */
    static final int STEP = 32;

    /** Ints of a panel [128, 32], two numbers each. */
    private static final int PANEL = TILE * STEP / 2;

    /** Words of a panel that an item brings. */
    private static final int SHARE = TILE * STEP / 4 / GROUP;

    /** Bytes of a panel's row: along k, as A's and a forward B's lie ... */
    private static final int ROW = 2 * STEP;

    /** ... and across it, as B's lie in the gradient of the input. */
    private static final int CROSS_ROW = 2 * TILE;

    /** Bytes of 8 numbers of each of A's rows, which lie together in a weight gradient. */
    private static final int PIECES = 16 * TILE;

    /** Where B's panels begin, in bytes. */
    private static final int PANELS_B = 2 * 4 * PANEL;

    /** Rows of a warp's sums that leave at once, in so many floats. */
    private static final int PASS = 16;

    private static final int STAGED = PASS * WARP_TILE;

    /** Elements that an item reads for before it writes them. */
    private static final int READS = 16;

    private MatMulMixed() {}

    /**
     * Adds the product to the tasks; its arguments have the names in {@link MatMul}.
     *
     * @param format of the factors, as {@link Halves} has it
     * @throws IllegalArgumentException if rows do not consist of words
     */
    static void record(Tasks tasks, Arguments arguments, Product p, int format) {
        p.requireWords();
        tasks.add(
                "matMulMixed",
                geometry(p.m(), p.n(), p.parts()),
                arguments,
                List.of(
                        p.m(),
                        p.n(),
                        p.k(),
                        kind(p.layout(), format, p.flags()),
                        p.depth(),
                        p.period(),
                        p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulMixed::matMulMixed,
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
                                kind(p.layout(), format, p.flags()),
                                p.depth(),
                                p.period(),
                                p.width()));
    }

    /** Layout, format and the flags of the epilogue in one, as kernels have few arguments. */
    static int kind(int layout, int format, int flags) {
        return layout + 4 * format + 16 * flags;
    }

    /** Tiles that cover y [M, N]. */
    static int tiles(int m, int n) {
        return Math.multiplyExact(Geometry.ceil(m, TILE), Geometry.ceil(n, TILE));
    }

    /** A work-group for each tile of each part. */
    private static Geometry geometry(int m, int n, int parts) {
        return new Geometry(
                Math.multiplyExact(Geometry.ceil(n, TILE), GROUP),
                Geometry.ceil(m, TILE),
                parts,
                GROUP,
                1,
                1);
    }

    /**
     * Tensors: a, b, bias, extra, condition, y, y in {@code halves} where the epilogue says so, and
     * a pre-activation or an injection of 16 bits: in {@code halves} where it is written, in {@code
     * kept} where it is read. What the epilogue does not name is not read, but its entry in {@code offsets} is
     * there. With more than one part, y is scratch [parts, M, N] and its entry 0.
     *
     * @param m rows of y
     * @param n columns of y, a multiple of 4
     * @param k length of the sums; a multiple of 4, as M is where A's rows lie across k
     * @param kind layout and format of a, b and {@code halves}, and a sum of {@link Epilogue}'s
     *     flags, as {@link #kind} has them
     * @param partDepth k, or the length of the parts that are summed apart, a multiple of 32
     * @param period rows of the residual, or tokens of a sample for the condition; at least 1
     * @param extraWidth length of the injection's rows
     */
    public static void matMulMixed(
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
            int kind,
            int partDepth,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int aAt = offsets.get(entry + MatMul.A);
        int bAt = offsets.get(entry + MatMul.B);
        int biasAt = offsets.get(entry + MatMul.BIAS);
        int extraAt = offsets.get(entry + MatMul.EXTRA);
        int conditionAt = offsets.get(entry + MatMul.CONDITION);
        int yAt = offsets.get(entry + MatMul.Y) + context.groupIdz * m * n;
        int halvesAt = offsets.get(entry + MatMul.HALVES);
        int keptAt = offsets.get(entry + MatMul.KEPT);

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        int warpM = (warp >> 1) * WARP_TILE;
        int warpN = (warp & 1) * WARP_TILE;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int firstK = context.groupIdz * partDepth;
        int endK = TornadoMath.min(k, firstK + partDepth);
        int steps = (endK - firstK + STEP - 1) / STEP;
        // constants of the compiled kernel, as the shapes are
        int layout = kind & 3;
        int format = kind >> 2 & 3;
        int epilogue = kind >> 4;
        boolean aByK = layout != MatMul.BACKWARD_WEIGHT;
        boolean bByK = layout == MatMul.FORWARD;
        boolean derivative =
                (epilogue & Epilogue.GELU_DERIVATIVE) != 0 && (epilogue & Epilogue.HALF_EXTRA) != 0;
        boolean injects = Epilogue.injectsHalves(epilogue);
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;

        // two panels of A and two of B: one of each is multiplied, one is being filled
        int[] panels = context.allocateIntLocalArray(4 * PANEL);
        float[] staged = context.allocateFloatLocalArray(WARPS * STAGED);
        VectorFloat4 held = new VectorFloat4(4 * WARP_TILE / 8);
        float[] values = new float[READS];
        long[] nextA = new long[SHARE];
        long[] nextB = new long[SHARE];

        // The 16 bytes that a lane names are row inEight of one of four matrices of 8 × 8. In a
        // panel the four pieces of a row are swizzled with every other row, so that no two rows
        // share a bank. The address that TornadoVM computes by default is subtracted.
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int usualB = inEight * 16 + odd * 128;
        int turn = inEight >> 1 & 3;
        int rowA = (warpM + odd * 8 + inEight) * ROW - usualA;
        int turnedA = (eight >> 1) * PIECES + (warpM + odd * 8) * 16 - usualA;
        int rowB = PANELS_B + (warpN + inEight) * ROW - usualA;
        int crossB = PANELS_B + (odd * 8 + inEight) * CROSS_ROW + 2 * warpN - usualB;

        // the words that an item brings: neighbours read neighbours
        int inRow = item & 7;
        int ofRow = item >> 3;
        int inCross = item & 31;
        // of a weight gradient's A, whose rows lie across k, it brings two blocks of 4 × 4 numbers
        int ofBlock = lane >> 3;
        int inBlock = warp * 8 + inEight;
        int putBlock = (inBlock >> 1) * 32;
        int turnBlock = inBlock >> 1 & 3;
        int put = ofRow * (ROW / 4) + (inRow >> 1 ^ ofRow >> 1 & 3) * 4 + (inRow & 1) * 2;

        float[] c00 = context.mmaFragment(0f);
        float[] c01 = context.mmaFragment(0f);
        float[] c02 = context.mmaFragment(0f);
        float[] c03 = context.mmaFragment(0f);
        float[] c04 = context.mmaFragment(0f);
        float[] c05 = context.mmaFragment(0f);
        float[] c06 = context.mmaFragment(0f);
        float[] c07 = context.mmaFragment(0f);
        float[] c10 = context.mmaFragment(0f);
        float[] c11 = context.mmaFragment(0f);
        float[] c12 = context.mmaFragment(0f);
        float[] c13 = context.mmaFragment(0f);
        float[] c14 = context.mmaFragment(0f);
        float[] c15 = context.mmaFragment(0f);
        float[] c16 = context.mmaFragment(0f);
        float[] c17 = context.mmaFragment(0f);
        float[] c20 = context.mmaFragment(0f);
        float[] c21 = context.mmaFragment(0f);
        float[] c22 = context.mmaFragment(0f);
        float[] c23 = context.mmaFragment(0f);
        float[] c24 = context.mmaFragment(0f);
        float[] c25 = context.mmaFragment(0f);
        float[] c26 = context.mmaFragment(0f);
        float[] c27 = context.mmaFragment(0f);
        float[] c30 = context.mmaFragment(0f);
        float[] c31 = context.mmaFragment(0f);
        float[] c32 = context.mmaFragment(0f);
        float[] c33 = context.mmaFragment(0f);
        float[] c34 = context.mmaFragment(0f);
        float[] c35 = context.mmaFragment(0f);
        float[] c36 = context.mmaFragment(0f);
        float[] c37 = context.mmaFragment(0f);

        for (int i = 0; i < SHARE; i++) {
            int inTile = ofRow + i * (GROUP / 8);
            int ofWords = firstK / 4 + inRow;
            int ofCross = firstK + warp + i * WARPS;
            int inBlocks = firstK + 4 * (ofBlock + i / 4 * 4) + i % 4;
            nextA[i] =
                    aByK
                            ? word(a, aAt, m, k, firstM + inTile, ofWords)
                            : word(a, aAt, k, m, inBlocks, firstM / 4 + inBlock);
            nextB[i] =
                    bByK
                            ? word(b, bAt, n, k, firstN + inTile, ofWords)
                            : word(b, bAt, k, n, ofCross, firstN / 4 + inCross);
        }
        for (int i = 0; i < SHARE; i++) {
            int inStep = warp + i * WARPS;
            int along = put + i * (GROUP / 8) * (ROW / 4);
            int across =
                    inStep * (CROSS_ROW / 4) + (inCross >> 1 ^ inStep & 7) * 4 + (inCross & 1) * 2;
            int block = (i / 4 * 2 + (ofBlock >> 1)) * (PIECES / 4) + putBlock;
            int inPiece = ((inBlock & 1) * 4 + i % 4 ^ turnBlock) * 4 + (ofBlock & 1) * 2;
            int atA = aByK ? along : block + inPiece;
            int atB = 2 * PANEL + (bByK ? along : across);
            panels[atA] =
                    aByK ? (int) nextA[i] : pair(nextA[i / 4 * 4], nextA[i / 4 * 4 + 1], i % 4);
            panels[atA + 1] =
                    aByK
                            ? (int) (nextA[i] >> 32)
                            : pair(nextA[i / 4 * 4 + 2], nextA[i / 4 * 4 + 3], i % 4);
            panels[atB] = (int) nextB[i];
            panels[atB + 1] = (int) (nextB[i] >> 32);
        }

        // The next panels are loaded before a barrier, which no load can be moved across, and
        // stored to local memory after the products, which hide the latency.
        for (int step = 0; step < steps; step++) {
            int nextK = firstK + TornadoMath.min(step + 1, steps - 1) * STEP;
            for (int i = 0; i < SHARE; i++) {
                int inTile = ofRow + i * (GROUP / 8);
                int ofWords = nextK / 4 + inRow;
                int ofCross = nextK + warp + i * WARPS;
                int inBlocks = nextK + 4 * (ofBlock + i / 4 * 4) + i % 4;
                nextA[i] =
                        aByK
                                ? word(a, aAt, m, k, firstM + inTile, ofWords)
                                : word(a, aAt, k, m, inBlocks, firstM / 4 + inBlock);
                nextB[i] =
                        bByK
                                ? word(b, bAt, n, k, firstN + inTile, ofWords)
                                : word(b, bAt, k, n, ofCross, firstN / 4 + inCross);
            }
            context.localBarrier();
            for (int half = 0; half < STEP / 16; half++) {
                int panel = step % 2 * 4 * PANEL;
                int byK = panel + rowA + ((2 * half + (eight >> 1) ^ turn) << 4);
                int turned = panel + turnedA + half * 2 * PIECES;
                int left = aByK ? byK : turned + ((inEight ^ odd) << 4);
                int leftOdd = aByK ? byK : turned + ((inEight ^ odd ^ 2) << 4);
                int rows16 = aByK ? 16 * ROW : 16 * 16;
                int along = panel + rowB + ((2 * half + odd ^ turn) << 4);
                int across = panel + crossB + half * 16 * CROSS_ROW;
                HalfFloat[] a0 = context.mmaLoadA(panels, 16, left);
                HalfFloat[] a1 = context.mmaLoadA(panels, 16, leftOdd + rows16);
                HalfFloat[] a2 = context.mmaLoadA(panels, 16, left + 2 * rows16);
                HalfFloat[] a3 = context.mmaLoadA(panels, 16, leftOdd + 3 * rows16);
                HalfFloat[] b0 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 0 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((0 ^ inEight) << 4));
                c00 = Halves.multiply(context, a0, b0, c00, format);
                c10 = Halves.multiply(context, a1, b0, c10, format);
                c20 = Halves.multiply(context, a2, b0, c20, format);
                c30 = Halves.multiply(context, a3, b0, c30, format);
                HalfFloat[] b1 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 8 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((1 ^ inEight) << 4));
                c01 = Halves.multiply(context, a0, b1, c01, format);
                c11 = Halves.multiply(context, a1, b1, c11, format);
                c21 = Halves.multiply(context, a2, b1, c21, format);
                c31 = Halves.multiply(context, a3, b1, c31, format);
                HalfFloat[] b2 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 16 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((2 ^ inEight) << 4));
                c02 = Halves.multiply(context, a0, b2, c02, format);
                c12 = Halves.multiply(context, a1, b2, c12, format);
                c22 = Halves.multiply(context, a2, b2, c22, format);
                c32 = Halves.multiply(context, a3, b2, c32, format);
                HalfFloat[] b3 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 24 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((3 ^ inEight) << 4));
                c03 = Halves.multiply(context, a0, b3, c03, format);
                c13 = Halves.multiply(context, a1, b3, c13, format);
                c23 = Halves.multiply(context, a2, b3, c23, format);
                c33 = Halves.multiply(context, a3, b3, c33, format);
                HalfFloat[] b4 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 32 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((4 ^ inEight) << 4));
                c04 = Halves.multiply(context, a0, b4, c04, format);
                c14 = Halves.multiply(context, a1, b4, c14, format);
                c24 = Halves.multiply(context, a2, b4, c24, format);
                c34 = Halves.multiply(context, a3, b4, c34, format);
                HalfFloat[] b5 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 40 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((5 ^ inEight) << 4));
                c05 = Halves.multiply(context, a0, b5, c05, format);
                c15 = Halves.multiply(context, a1, b5, c15, format);
                c25 = Halves.multiply(context, a2, b5, c25, format);
                c35 = Halves.multiply(context, a3, b5, c35, format);
                HalfFloat[] b6 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 48 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((6 ^ inEight) << 4));
                c06 = Halves.multiply(context, a0, b6, c06, format);
                c16 = Halves.multiply(context, a1, b6, c16, format);
                c26 = Halves.multiply(context, a2, b6, c26, format);
                c36 = Halves.multiply(context, a3, b6, c36, format);
                HalfFloat[] b7 =
                        bByK
                                ? context.mmaLoadA(panels, 16, along + 56 * ROW)
                                : context.mmaLoadB(panels, 16, across + ((7 ^ inEight) << 4));
                c07 = Halves.multiply(context, a0, b7, c07, format);
                c17 = Halves.multiply(context, a1, b7, c17, format);
                c27 = Halves.multiply(context, a2, b7, c27, format);
                c37 = Halves.multiply(context, a3, b7, c37, format);
            }
            int filled = (step + 1) % 2 * PANEL;
            for (int i = 0; i < SHARE; i++) {
                int inStep = warp + i * WARPS;
                int along = put + i * (GROUP / 8) * (ROW / 4);
                int across =
                        inStep * (CROSS_ROW / 4)
                                + (inCross >> 1 ^ inStep & 7) * 4
                                + (inCross & 1) * 2;
                int block = (i / 4 * 2 + (ofBlock >> 1)) * (PIECES / 4) + putBlock;
                int inPiece = ((inBlock & 1) * 4 + i % 4 ^ turnBlock) * 4 + (ofBlock & 1) * 2;
                int atA = filled + (aByK ? along : block + inPiece);
                int atB = filled + 2 * PANEL + (bByK ? along : across);
                panels[atA] =
                        aByK ? (int) nextA[i] : pair(nextA[i / 4 * 4], nextA[i / 4 * 4 + 1], i % 4);
                panels[atA + 1] =
                        aByK
                                ? (int) (nextA[i] >> 32)
                                : pair(nextA[i / 4 * 4 + 2], nextA[i / 4 * 4 + 3], i % 4);
                panels[atB] = (int) nextB[i];
                panels[atB + 1] = (int) (nextB[i] >> 32);
            }
        }

        // The sums leave through local memory, 16 rows of each warp at a time, so that neighbouring
        // items write neighbouring elements, and the epilogue stands once in the code. TornadoVM
        // stores sums to an array alone, so they first go to one of the lane's own, which is
        // registers: as if its row had the length 1, and 16 elements between two sums. There they
        // lie behind a header that such an array does not have, one vector further.
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int stage = warp * STAGED + ofQuad * WARP_TILE;
        int stageTurn = (ofQuad & 3) << 3;
        for (int pass = 0; pass < WARP_TILE / PASS; pass++) {
            context.localBarrier();
            if (pass == 0) {
                context.mmaStore(c00, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
                context.mmaStore(c01, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
                context.mmaStore(c02, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
                context.mmaStore(c03, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
                context.mmaStore(c04, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
                context.mmaStore(c05, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
                context.mmaStore(c06, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
                context.mmaStore(c07, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
                for (int j = 0; j < WARP_TILE / 8; j++) {
                    int at = stage + (8 * j + 2 * inQuad ^ stageTurn);
                    staged[at] = held.get(4 * j + 1).getX();
                    staged[at + 1] = held.get(4 * j + 1).getY();
                    staged[at + 8 * WARP_TILE] = held.get(4 * j + 3).getX();
                    staged[at + 8 * WARP_TILE + 1] = held.get(4 * j + 3).getY();
                }
            }
            if (pass == 1) {
                context.mmaStore(c10, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
                context.mmaStore(c11, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
                context.mmaStore(c12, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
                context.mmaStore(c13, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
                context.mmaStore(c14, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
                context.mmaStore(c15, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
                context.mmaStore(c16, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
                context.mmaStore(c17, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
                for (int j = 0; j < WARP_TILE / 8; j++) {
                    int at = stage + (8 * j + 2 * inQuad ^ stageTurn);
                    staged[at] = held.get(4 * j + 1).getX();
                    staged[at + 1] = held.get(4 * j + 1).getY();
                    staged[at + 8 * WARP_TILE] = held.get(4 * j + 3).getX();
                    staged[at + 8 * WARP_TILE + 1] = held.get(4 * j + 3).getY();
                }
            }
            if (pass == 2) {
                context.mmaStore(c20, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
                context.mmaStore(c21, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
                context.mmaStore(c22, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
                context.mmaStore(c23, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
                context.mmaStore(c24, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
                context.mmaStore(c25, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
                context.mmaStore(c26, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
                context.mmaStore(c27, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
                for (int j = 0; j < WARP_TILE / 8; j++) {
                    int at = stage + (8 * j + 2 * inQuad ^ stageTurn);
                    staged[at] = held.get(4 * j + 1).getX();
                    staged[at + 1] = held.get(4 * j + 1).getY();
                    staged[at + 8 * WARP_TILE] = held.get(4 * j + 3).getX();
                    staged[at + 8 * WARP_TILE + 1] = held.get(4 * j + 3).getY();
                }
            }
            if (pass == 3) {
                context.mmaStore(c30, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
                context.mmaStore(c31, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
                context.mmaStore(c32, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
                context.mmaStore(c33, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
                context.mmaStore(c34, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
                context.mmaStore(c35, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
                context.mmaStore(c36, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
                context.mmaStore(c37, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
                for (int j = 0; j < WARP_TILE / 8; j++) {
                    int at = stage + (8 * j + 2 * inQuad ^ stageTurn);
                    staged[at] = held.get(4 * j + 1).getX();
                    staged[at + 1] = held.get(4 * j + 1).getY();
                    staged[at + 8 * WARP_TILE] = held.get(4 * j + 3).getX();
                    staged[at + 8 * WARP_TILE + 1] = held.get(4 * j + 3).getY();
                }
            }
            context.localBarrier();
            int passM = firstM + warpM + pass * PASS;
            if ((epilogue & Epilogue.HALF) != 0) {
                // four neighbours a lane, two rows a warp
                int inTile = (lane & 15) * 4;
                int atN = firstN + warpN + inTile;
                for (int part = 0; part < PASS; part += READS / 2) {
                    for (int i = 0; i < READS; i++) {
                        int inPass = part + i / 4 * 2 + (lane >> 4);
                        int at = warp * STAGED + inPass * WARP_TILE + (inTile ^ (inPass & 3) << 3);
                        if ((wholeM || passM + inPass < m) && (wholeN || atN < n)) {
                            values[i] =
                                    Epilogue.read(
                                            staged[at + i % 4],
                                            passM + inPass,
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
                            if (derivative) {
                                int at16 = keptAt + (passM + inPass) * (n / 4) + atN / 4;
                                values[i] *=
                                        Gelu.roundedDerivative(
                                                Halves.value(kept.get(at16), i % 4, format));
                            }
                            if (injects) {
                                int row16 = (passM + inPass) * (extraWidth / 4);
                                values[i] +=
                                        Halves.value(
                                                kept.get(keptAt + row16 + atN / 4), i % 4, format);
                            }
                        }
                    }
                    for (int i = 0; i < READS / 4; i++) {
                        int atM = passM + part + i * 2 + (lane >> 4);
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
                for (int part = 0; part < PASS; part += READS / 2) {
                    for (int i = 0; i < READS; i++) {
                        int inPass = part + i / 2;
                        int inTile = i % 2 * 32 + lane;
                        int at = warp * STAGED + inPass * WARP_TILE + (inTile ^ (inPass & 3) << 3);
                        int atN = firstN + warpN + inTile;
                        if ((wholeM || passM + inPass < m) && (wholeN || atN < n)) {
                            values[i] =
                                    Epilogue.read(
                                            staged[at],
                                            passM + inPass,
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
                            if (derivative) {
                                int at16 = keptAt + (passM + inPass) * (n / 4) + atN / 4;
                                values[i] *=
                                        Gelu.derivative(
                                                Halves.value(kept.get(at16), lane & 3, format));
                            }
                        }
                    }
                    for (int i = 0; i < READS; i++) {
                        int atM = passM + part + i / 2;
                        int atN = firstN + warpN + i % 2 * 32 + lane;
                        if ((wholeM || atM < m) && (wholeN || atN < n)) {
                            Epilogue.store(values[i], atM * n + atN, y, yAt, extraAt, epilogue);
                        }
                    }
                }
            }
        }
    }

    // number i of two words, side by side
    private static int pair(long lower, long upper, int i) {
        return (int) (lower >> 16 * i & 0xFFFFL | (upper >> 16 * i & 0xFFFFL) << 16);
    }

    // word number inRow of a row of a matrix [rows, columns]; what lies outside is 0
    private static long word(LongArray matrix, int at, int rows, int columns, int row, int inRow) {
        int words = columns / 4;
        return Halves.word(
                matrix,
                at,
                words,
                rows,
                words,
                row,
                inRow,
                rows % TILE == 0 && columns % TILE == 0);
    }
}
