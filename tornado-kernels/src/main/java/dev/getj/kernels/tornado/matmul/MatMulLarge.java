package dev.getj.kernels.tornado.matmul;

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
 * Matrix product by tiles of 128 × 128, of which each of 256 work items keeps 8 × 8 sums in
 * registers: for large y. See {@code docs/kernels/matmul.md}.
 */
public final class MatMulLarge {
    static final int TILE = 128;
    private static final int STEP = 8;
    // 4 more than a tile is wide: a step's 8 columns of k then lie in different banks
    private static final int STRIDE = TILE + 4;
    private static final int PANEL = STEP * STRIDE;
    private static final int GROUP = Geometry.GROUP;
    // elements of a panel that an item brings
    private static final int SHARE = TILE * STEP / GROUP;

    private MatMulLarge() {}

    /** Adds the product to the tasks; its arguments have the names in {@link MatMul}. */
    static void record(Tasks tasks, Arguments arguments, Product p) {
        tasks.add(
                "matMulLarge",
                geometry(p.m(), p.n(), p.parts()),
                arguments,
                List.of(
                        p.m(),
                        p.n(),
                        p.k(),
                        p.layout(),
                        p.depth(),
                        p.flags(),
                        p.period(),
                        p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulLarge::matMulLarge,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(MatMul.A),
                                at.array(MatMul.B),
                                at.array(MatMul.EXTRA),
                                at.array(MatMul.CONDITION),
                                at.array(MatMul.Y),
                                at.column(),
                                p.m(),
                                p.n(),
                                p.k(),
                                p.layout(),
                                p.depth(),
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /** Tiles that cover y [M, N]. */
    static int tiles(int m, int n) {
        return Math.multiplyExact(Geometry.ceil(m, TILE), Geometry.ceil(n, TILE));
    }

    /**
     * A work-group for each tile of each part.
     *
     * @param parts 1, or how many {@link MatMul#partDepth} makes of k
     */
    static Geometry geometry(int m, int n, int parts) {
        return Geometry.groups(Geometry.ceil(n, TILE), Geometry.ceil(m, TILE), parts);
    }

    /**
     * Tensors: a, b, bias (in the array of b), extra, condition, y; what the epilogue does not name
     * is not read, but its entry in {@code offsets} is there. With more than one part, y is scratch
     * [parts, M, N] and its entry 0.
     *
     * @param m rows of y
     * @param n columns of y
     * @param k length of the sums
     * @param layout {@link MatMul#FORWARD}, {@link MatMul#BACKWARD_INPUT} or {@link
     *     MatMul#BACKWARD_WEIGHT}
     * @param partDepth k, or what {@link FastTiling#partDepth} makes of it
     * @param epilogue a sum of {@link Epilogue}'s flags
     * @param period rows of the residual, or tokens of a sample for the condition; at least 1
     * @param extraWidth length of the injection's rows
     */
    public static void matMulLarge(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray a,
            FloatArray b,
            FloatArray extra,
            FloatArray condition,
            FloatArray y,
            int column,
            int m,
            int n,
            int k,
            int layout,
            int partDepth,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int aAt = offsets.get(entry + MatMul.A);
        int bAt = offsets.get(entry + MatMul.B);
        int biasAt = offsets.get(entry + MatMul.BIAS);
        int yAt = offsets.get(entry + MatMul.Y) + context.groupIdz * m * n;
        int extraAt = offsets.get(entry + MatMul.EXTRA);
        int conditionAt = offsets.get(entry + MatMul.CONDITION);

        int item = context.localIdx;
        // A warp has 8 × 4 items; item ^ 1 has the same columns and item ^ 2 the same rows, so
        // that half a warp's loads of four neighbours from local memory meet.
        int itemX = item / 32 % 2 * 8 + item / 2 % 8;
        int itemY = item / 64 * 4 + item % 2 + item / 16 % 2 * 2;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int firstK = context.groupIdz * partDepth;
        int endK = TornadoMath.min(k, firstK + partDepth);
        int steps = (endK - firstK + STEP - 1) / STEP;
        // constants of the compiled kernel, as the shapes are
        boolean aByK = layout != MatMul.BACKWARD_WEIGHT;
        boolean bByK = layout == MatMul.FORWARD;
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;
        boolean wholeK = k % STEP == 0;

        // Two panels of A and two of B, [STEP, STRIDE] each: one is multiplied, one is
        // being filled. Afterwards half a tile of sums.
        float[] panels = context.allocateFloatLocalArray(TILE * TILE / 2);
        float[] sums = new float[64];
        float[] left = new float[8];
        float[] right = new float[8];
        float[] nextA = new float[SHARE];
        float[] nextB = new float[SHARE];
        for (int i = 0; i < 64; i++) {
            sums[i] = 0f;
        }

        for (int step = 0; step <= steps; step++) {
            // Memory is asked for the next panels before the last ones are multiplied, so that the
            // wait is over when the products are. Rows and columns outside the matrices are
            // those at the edge: what comes of them is not written.
            if (step < steps) {
                for (int i = 0; i < SHARE; i++) {
                    int inStep = aByK ? item % STEP : item / TILE + i * (GROUP / TILE);
                    int inTile = aByK ? item / STEP + i * (GROUP / STEP) : item % TILE;
                    int atM = wholeM ? firstM + inTile : TornadoMath.min(firstM + inTile, m - 1);
                    int atK = firstK + step * STEP + inStep;
                    int heldK = wholeK ? atK : TornadoMath.min(atK, k - 1);
                    float value = a.get(aAt + (aByK ? atM * k + heldK : heldK * m + atM));
                    nextA[i] = wholeK || atK < endK ? value : 0f;
                }
                for (int i = 0; i < SHARE; i++) {
                    int inStep = bByK ? item % STEP : item / TILE + i * (GROUP / TILE);
                    int inTile = bByK ? item / STEP + i * (GROUP / STEP) : item % TILE;
                    int atN = wholeN ? firstN + inTile : TornadoMath.min(firstN + inTile, n - 1);
                    int atK = firstK + step * STEP + inStep;
                    int heldK = wholeK ? atK : TornadoMath.min(atK, k - 1);
                    float value = b.get(bAt + (bByK ? atN * k + heldK : heldK * n + atN));
                    nextB[i] = wholeK || atK < endK ? value : 0f;
                }
            }
            if (step > 0) {
                int panelA = (step - 1) % 2 * PANEL;
                int panelB = panelA + 2 * PANEL;
                for (int inStep = 0; inStep < STEP; inStep++) {
                    int atA = panelA + inStep * STRIDE + 4 * itemY;
                    int atB = panelB + inStep * STRIDE + 4 * itemX;
                    for (int i = 0; i < 4; i++) {
                        left[i] = panels[atA + i];
                        left[4 + i] = panels[atA + TILE / 2 + i];
                        right[i] = panels[atB + i];
                        right[4 + i] = panels[atB + TILE / 2 + i];
                    }
                    for (int i = 0; i < 8; i++) {
                        for (int j = 0; j < 8; j++) {
                            sums[8 * i + j] += left[i] * right[j];
                        }
                    }
                }
            }
            if (step < steps) {
                int panelA = step % 2 * PANEL;
                int panelB = panelA + 2 * PANEL;
                for (int i = 0; i < SHARE; i++) {
                    int inStep = aByK ? item % STEP : item / TILE + i * (GROUP / TILE);
                    int inTile = aByK ? item / STEP + i * (GROUP / STEP) : item % TILE;
                    panels[panelA + inStep * STRIDE + inTile] = nextA[i];
                }
                for (int i = 0; i < SHARE; i++) {
                    int inStep = bByK ? item % STEP : item / TILE + i * (GROUP / TILE);
                    int inTile = bByK ? item / STEP + i * (GROUP / STEP) : item % TILE;
                    panels[panelB + inStep * STRIDE + inTile] = nextB[i];
                }
            }
            context.localBarrier();
        }

        // The sums change places through local memory, an upper and a lower half. Neighbouring
        // items then write neighbouring elements, and the epilogue is in the code once.
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    int at = (4 * itemY + i) * TILE + 4 * itemX + j;
                    panels[at] = half == 0 ? sums[8 * i + j] : sums[32 + 8 * i + j];
                    panels[at + TILE / 2] =
                            half == 0 ? sums[8 * i + 4 + j] : sums[32 + 8 * i + 4 + j];
                }
            }
            context.localBarrier();
            for (int i = 0; i < TILE * TILE / 2 / GROUP; i++) {
                int at = i * GROUP + item;
                int atM = firstM + half * (TILE / 2) + at / TILE;
                int atN = firstN + at % TILE;
                if ((wholeM || atM < m) && (wholeN || atN < n)) {
                    float value =
                            Epilogue.read(
                                    panels[at],
                                    atM,
                                    atN,
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
                    Epilogue.store(value, atM * n + atN, y, yAt, extraAt, epilogue);
                }
            }
            context.localBarrier();
        }
    }
}
