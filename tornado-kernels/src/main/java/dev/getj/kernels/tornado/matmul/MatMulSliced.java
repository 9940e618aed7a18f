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
 * Forward product of few rows, where larger tiles would leave most of a device idle and what counts
 * is how long one sum takes: tiles of 32 × 32, and each of 8 slices of k is added up by 32 work
 * items of a group on their own, 8 × 4 sums an item. The slices are added in order at the end, and
 * depend on k alone, so a row has the same bits in any batch that comes this way.
 */
public final class MatMulSliced {
    /** Rows and columns of a tile. */
    static final int TILE = 32;

    private static final int STEP = 16;
    private static final int SLICES = 8;
    private static final int LANES = 32;
    private static final int STRIDE = TILE + 4;
    private static final int PANEL = STEP * STRIDE;
    private static final int SHARE = TILE * STEP / LANES;

    private MatMulSliced() {}

    /** Adds the product to the tasks; its arguments have the names in {@link MatMul}. */
    static void record(Tasks tasks, Arguments arguments, Product p) {
        tasks.add(
                "matMulSliced",
                geometry(p.m(), p.n()),
                arguments,
                List.of(p.m(), p.n(), p.k(), p.flags(), p.period(), p.width()),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSliced::matMulSliced,
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
                                p.flags(),
                                p.period(),
                                p.width()));
    }

    /** Tiles that cover y [M, N]. */
    static int tiles(int m, int n) {
        return Math.multiplyExact(Geometry.ceil(m, TILE), Geometry.ceil(n, TILE));
    }

    /** A work-group for each tile. */
    static Geometry geometry(int m, int n) {
        return Geometry.groups(Geometry.ceil(n, TILE), Geometry.ceil(m, TILE), 1);
    }

    /** All as for {@link MatMulLarge#matMulLarge}, whose layout is here {@link MatMul#FORWARD}. */
    public static void matMulSliced(
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
        int slice = item / LANES;
        int lane = item % LANES;
        // Item item ^ 1 has the same columns and item ^ 2 the same rows, so that half a warp's
        // loads of
        // four neighbours from local memory meet.
        int laneX = lane / 2 % 8;
        int laneY = lane % 2 + lane / 16 * 2;
        int firstM = context.groupIdy * TILE;
        int firstN = context.groupIdx * TILE;
        int steps = (k + SLICES * STEP - 1) / (SLICES * STEP);
        int firstK = slice * steps * STEP;
        int panelA = 2 * slice * PANEL;
        int panelB = panelA + PANEL;
        boolean wholeM = m % TILE == 0;
        boolean wholeN = n % TILE == 0;
        boolean wholeK = k % (SLICES * STEP) == 0;

        // a panel of A and one of B, [STEP, STRIDE], for each slice; at last their sums
        float[] panels = context.allocateFloatLocalArray(2 * SLICES * PANEL);
        float[] sums = new float[32];
        float[] left = new float[8];
        float[] right = new float[4];
        float[] nextA = new float[SHARE];
        float[] nextB = new float[SHARE];
        for (int i = 0; i < 32; i++) {
            sums[i] = 0f;
        }

        for (int step = 0; step <= steps; step++) {
            // the next panels are on their way while the last ones are multiplied
            if (step < steps) {
                int atK = firstK + step * STEP + lane % STEP;
                int heldK = wholeK ? atK : TornadoMath.min(atK, k - 1);
                for (int i = 0; i < SHARE; i++) {
                    int inTile = lane / STEP + i * (LANES / STEP);
                    int atM = wholeM ? firstM + inTile : TornadoMath.min(firstM + inTile, m - 1);
                    int atN = wholeN ? firstN + inTile : TornadoMath.min(firstN + inTile, n - 1);
                    float valueA = a.get(aAt + atM * k + heldK);
                    float valueB = b.get(bAt + atN * k + heldK);
                    nextA[i] = wholeK || atK < k ? valueA : 0f;
                    nextB[i] = wholeK || atK < k ? valueB : 0f;
                }
            }
            if (step > 0) {
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 8; i++) {
                        left[i] = panels[panelA + inStep * STRIDE + 8 * laneY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        right[j] = panels[panelB + inStep * STRIDE + 4 * laneX + j];
                    }
                    for (int i = 0; i < 8; i++) {
                        for (int j = 0; j < 4; j++) {
                            sums[4 * i + j] += left[i] * right[j];
                        }
                    }
                }
                context.localBarrier();
            }
            if (step < steps) {
                for (int i = 0; i < SHARE; i++) {
                    int at = lane % STEP * STRIDE + lane / STEP + i * (LANES / STEP);
                    panels[panelA + at] = nextA[i];
                    panels[panelB + at] = nextB[i];
                }
                context.localBarrier();
            }
        }

        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 4; j++) {
                panels[slice * TILE * TILE + (8 * laneY + i) * TILE + 4 * laneX + j] =
                        sums[4 * i + j];
            }
        }
        context.localBarrier();
        for (int i = 0; i < 4; i++) {
            int at = i * SLICES * LANES + item;
            int atM = firstM + at / TILE;
            int atN = firstN + at % TILE;
            float sum = 0f;
            for (int s = 0; s < SLICES; s++) {
                sum += panels[s * TILE * TILE + at];
            }
            left[i] = sum;
            if ((wholeM || atM < m) && (wholeN || atN < n)) {
                left[i] =
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
        for (int i = 0; i < 4; i++) {
            int at = i * SLICES * LANES + item;
            int atM = firstM + at / TILE;
            int atN = firstN + at % TILE;
            if ((wholeM || atM < m) && (wholeN || atN < n)) {
                Epilogue.store(left[i], atM * n + atN, y, yAt, extraAt, epilogue);
            }
        }
    }
}
