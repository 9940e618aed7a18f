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
 * Forward product of few rows and many products a sum ("split-K"), where larger tiles would leave
 * most of a device idle: tiles of 64 × 64, cut along k twice. Each of a group's 2 slices of 64 work
 * items adds up every second panel of k on its own, 8 × 8 sums an item, and the slices are added at
 * the end. Where there are still too few groups, k is cut into parts, a group each, which {@link
 * MatMul#matMulJoin} adds. All are added in order, and the cuts depend on the shape alone.
 */
public final class MatMulSplitK {
    /** Rows and columns of a tile. */
    static final int TILE = 64;

    private static final int STEP = 16;
    private static final int SLICES = 2;

    /** Parts of k are multiples of this. */
    public static final int DEPTH = STEP * SLICES;

    // work items of a slice, 8 × 8 sums each
    private static final int LANES = TILE / 8 * (TILE / 8);
    private static final int GROUP = SLICES * LANES;
    // 4 more than a tile is wide: half a step's columns of k then lie in different banks
    private static final int STRIDE = TILE + 4;
    private static final int PANEL = STEP * STRIDE;
    // elements of a panel that an item brings
    private static final int SHARE = TILE * STEP / LANES;
    private static final int HALF = TILE * TILE / 2;
    // elements of half a tile that an item finishes
    private static final int ENDS = HALF / GROUP;

    private MatMulSplitK() {}

    /** Adds the product to the tasks; its arguments have the names in {@link MatMul}. */
    static void record(Tasks tasks, Arguments arguments, Product p) {
        tasks.add(
                "matMulSplitK",
                geometry(p.m(), p.n(), p.parts()),
                arguments,
                List.of(p.m(), p.n(), p.k(), p.depth(), p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSplitK::matMulSplitK,
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
                                p.depth(),
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /** Tiles that cover y [M, N]. */
    static int tiles(int m, int n) {
        return Math.multiplyExact(Geometry.ceil(m, TILE), Geometry.ceil(n, TILE));
    }

    /** A work-group for each tile of each part. */
    static Geometry geometry(int m, int n, int parts) {
        int across = Math.multiplyExact(Geometry.ceil(n, TILE), GROUP);
        return new Geometry(across, Geometry.ceil(m, TILE), parts, GROUP, 1, 1);
    }

    /**
     * All as for {@link MatMulLarge#matMulLarge}, whose layout is here {@link MatMul#FORWARD}.
     *
     * @param partDepth length of a part of k, a multiple of {@link #DEPTH}; if that is less than k,
     *     y is scratch [parts, M, N], its entry 0, and there is no epilogue
     */
    public static void matMulSplitK(
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
            int partDepth,
            int epilogue,
            int period,
            int extraWidth) {
        int entry = Entry.of(row, place, column);
        int aAt = offsets.get(entry + MatMul.A);
        int bAt = offsets.get(entry + MatMul.B);
        int biasAt = offsets.get(entry + MatMul.BIAS);
        int extraAt = offsets.get(entry + MatMul.EXTRA);
        int conditionAt = offsets.get(entry + MatMul.CONDITION);
        int yAt = offsets.get(entry + MatMul.Y) + context.groupIdz * m * n;

        int item = context.localIdx;
        int slice = item / LANES;
        int lane = item % LANES;
        // Item item ^ 1 has the same columns and item ^ 2 the same rows, so that half a warp's
        // loads of
        // four neighbours from local memory meet.
        int laneX = lane / 2 % 8;
        int laneY = lane % 2 + lane / 16 * 2;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int firstK = context.groupIdz * partDepth + slice * STEP;
        // the last part may be shorter; beyond the end of k stand zeros
        int length = TornadoMath.min(partDepth, k - context.groupIdz * partDepth);
        int steps = (length + DEPTH - 1) / DEPTH;
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;
        boolean wholeK = k % DEPTH == 0;

        // Two panels of A and two of B, [STEP, STRIDE], for each slice: one is multiplied, one is
        // being filled. Afterwards half a tile of sums of each slice.
        float[] panels = context.allocateFloatLocalArray(4 * SLICES * PANEL);
        float[] sums = new float[64];
        float[] left = new float[8];
        float[] right = new float[8];
        float[] nextA = new float[SHARE];
        float[] nextB = new float[SHARE];
        float[] ends = new float[ENDS];
        for (int i = 0; i < 64; i++) {
            sums[i] = 0f;
        }

        for (int step = 0; step <= steps; step++) {
            // the next panels are on their way while the last ones are multiplied
            if (step < steps) {
                int atK = firstK + step * DEPTH + lane % STEP;
                int heldK = wholeK ? atK : TornadoMath.min(atK, k - 1);
                for (int i = 0; i < SHARE; i++) {
                    int inTile = lane / STEP + i * (LANES / STEP);
                    int atM = wholeM ? firstM + inTile : TornadoMath.min(firstM + inTile, m - 1);
                    float value = a.get(aAt + atM * k + heldK);
                    nextA[i] = wholeK || atK < k ? value : 0f;
                }
                for (int i = 0; i < SHARE; i++) {
                    int inTile = lane / STEP + i * (LANES / STEP);
                    int atN = wholeN ? firstN + inTile : TornadoMath.min(firstN + inTile, n - 1);
                    float value = b.get(bAt + atN * k + heldK);
                    nextB[i] = wholeK || atK < k ? value : 0f;
                }
            }
            if (step > 0) {
                int panelA = (4 * slice + (step - 1) % 2) * PANEL;
                int panelB = panelA + 2 * PANEL;
                for (int inStep = 0; inStep < STEP; inStep++) {
                    int atA = panelA + inStep * STRIDE + 4 * laneY;
                    int atB = panelB + inStep * STRIDE + 4 * laneX;
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
                int panelA = (4 * slice + step % 2) * PANEL;
                int panelB = panelA + 2 * PANEL;
                for (int i = 0; i < SHARE; i++) {
                    int at = lane % STEP * STRIDE + lane / STEP + i * (LANES / STEP);
                    panels[panelA + at] = nextA[i];
                    panels[panelB + at] = nextB[i];
                }
            }
            context.localBarrier();
        }

        // an upper and a lower half: neighbouring items add, and write, neighbouring elements
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    int at = slice * HALF + (4 * laneY + i) * TILE + 4 * laneX + j;
                    panels[at] = half == 0 ? sums[8 * i + j] : sums[32 + 8 * i + j];
                    panels[at + TILE / 2] =
                            half == 0 ? sums[8 * i + 4 + j] : sums[32 + 8 * i + 4 + j];
                }
            }
            context.localBarrier();
            for (int i = 0; i < ENDS; i++) {
                int at = i * GROUP + item;
                int atM = firstM + half * (TILE / 2) + at / TILE;
                int atN = firstN + at % TILE;
                float sum = 0f;
                for (int s = 0; s < SLICES; s++) {
                    sum += panels[s * HALF + at];
                }
                ends[i] = sum;
                if ((wholeM || atM < m) && (wholeN || atN < n)) {
                    ends[i] =
                            Epilogue.read(
                                    sum,
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
                }
            }
            for (int i = 0; i < ENDS; i++) {
                int at = i * GROUP + item;
                int atM = firstM + half * (TILE / 2) + at / TILE;
                int atN = firstN + at % TILE;
                if ((wholeM || atM < m) && (wholeN || atN < n)) {
                    Epilogue.store(ends[i], atM * n + atN, y, yAt, extraAt, epilogue);
                }
            }
            context.localBarrier();
        }
    }
}
