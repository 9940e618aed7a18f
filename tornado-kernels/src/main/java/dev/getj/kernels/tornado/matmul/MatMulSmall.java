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
 * Matrix product by tiles of 64 × 64, of which each of 256 work items keeps 4 × 4 sums in
 * registers: for y of which {@link MatMulLarge} would have too few tiles. The same sums in the same
 * order.
 */
public final class MatMulSmall {
    /** Rows and columns of a tile. */
    static final int TILE = 64;

    /** Length of a panel along k. */
    public static final int STEP = 16;

    private static final int STRIDE = TILE + 4;
    private static final int PANEL = STEP * STRIDE;
    private static final int GROUP = Geometry.GROUP;
    // elements of the result that an item reads for before it writes
    private static final int READS = 8;
    // elements of a panel that an item brings
    private static final int SHARE = TILE * STEP / GROUP;

    private MatMulSmall() {}

    /** Adds the product to the tasks; its arguments have the names in {@link MatMul}. */
    static void record(Tasks tasks, Arguments arguments, Product p) {
        tasks.add(
                "matMulSmall",
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
                                MatMulSmall::matMulSmall,
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

    /** All as for {@link MatMulLarge#matMulLarge}. */
    public static void matMulSmall(
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
        // A warp has 8 × 4 items; item ^ 1 has the same columns and item ^ 2 the same rows, so that
        // half a warp's loads of four neighbours from local memory coincide.
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

        // Two panels of A and two of B, [STEP, STRIDE] each: one is multiplied, one filled.
        // Afterwards the tile of sums.
        float[] panels = context.allocateFloatLocalArray(4 * PANEL);
        float[] sums = new float[16];
        float[] values = new float[READS];
        float[] left = new float[4];
        float[] right = new float[4];
        float[] nextA = new float[SHARE];
        float[] nextB = new float[SHARE];
        for (int i = 0; i < 16; i++) {
            sums[i] = 0f;
        }

        for (int step = 0; step <= steps; step++) {
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
                        right[i] = panels[atB + i];
                    }
                    for (int i = 0; i < 4; i++) {
                        for (int j = 0; j < 4; j++) {
                            sums[4 * i + j] += left[i] * right[j];
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

        // the sums change places through local memory, so that neighbouring items write neighbours
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                panels[(4 * itemY + i) * TILE + 4 * itemX + j] = sums[4 * i + j];
            }
        }
        context.localBarrier();
        for (int first = 0; first < TILE * TILE; first += READS * GROUP) {
            for (int i = 0; i < READS; i++) {
                int at = first + i * GROUP + item;
                int atM = firstM + at / TILE;
                int atN = firstN + at % TILE;
                values[i] = panels[at];
                if ((wholeM || atM < m) && (wholeN || atN < n)) {
                    values[i] =
                            Epilogue.read(
                                    values[i],
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
            for (int i = 0; i < READS; i++) {
                int at = first + i * GROUP + item;
                int atM = firstM + at / TILE;
                int atN = firstN + at % TILE;
                if ((wholeM || atM < m) && (wholeN || atN < n)) {
                    Epilogue.store(values[i], atM * n + atN, y, yAt, extraAt, epilogue);
                }
            }
        }
    }
}
