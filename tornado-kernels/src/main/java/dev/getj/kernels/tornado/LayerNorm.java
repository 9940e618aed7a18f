package dev.getj.kernels.tornado;

import dev.getj.kernels.Kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Layer normalisation. A work-group takes 8 rows, 32 items each: an item adds every 32nd element of
 * its row, then a tree over the items. Mean first, then squared deviations: no cancellation.
 */
public final class LayerNorm {
    /** Work items of a row. */
    static final int LANES = 32;

    /** Rows of a work-group. */
    static final int ROWS = 8;

    private LayerNorm() {}

    public static Geometry geometry(int rows) {
        return Geometry.groups(Geometry.ceil(rows, ROWS), 1, 1);
    }

    /**
     * Tensors: x [rows, width], gamma, beta [width] (both in {@code parameters}), y [rows, width],
     * statistics [rows, 2] (both in the array {@code y}).
     *
     * @param keep 1 to write the statistics, 0 to leave them alone
     */
    public static void layerNormForward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray x,
            FloatArray parameters,
            FloatArray y,
            int column,
            int rows,
            int width,
            int keep) {
        int entry = row.get(0) + column;
        int item = context.localIdx;
        int lane = item % LANES;
        int r = context.groupIdx * ROWS + item / LANES;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int xAt = offsets.get(entry) + here * width;
        int gammaAt = offsets.get(entry + 1);
        int betaAt = offsets.get(entry + 2);
        int yAt = offsets.get(entry + 3) + here * width;
        int statisticsAt = offsets.get(entry + 4) + 2 * here;
        float[] sums = context.allocateFloatLocalArray(ROWS * LANES);

        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            sum += x.get(xAt + i);
        }
        sums[item] = sum;
        context.localBarrier();
        for (int half = LANES / 2; half > 0; half /= 2) {
            if (lane < half) {
                sums[item] += sums[item + half];
            }
            context.localBarrier();
        }
        float mean = sums[item - lane] / width;
        // before the sums are written again
        context.localBarrier();

        sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            float centred = x.get(xAt + i) - mean;
            sum += centred * centred;
        }
        sums[item] = sum;
        context.localBarrier();
        for (int half = LANES / 2; half > 0; half /= 2) {
            if (lane < half) {
                sums[item] += sums[item + half];
            }
            context.localBarrier();
        }
        float variance = sums[item - lane] / width;
        float rstd = 1f / TornadoMath.sqrt(variance + Kernels.LAYER_NORM_EPSILON);

        if (r < rows) {
            for (int i = lane; i < width; i += LANES) {
                float normed = (x.get(xAt + i) - mean) * rstd;
                y.set(yAt + i, normed * parameters.get(gammaAt + i) + parameters.get(betaAt + i));
            }
            if (keep != 0) {
                if (lane == 0) {
                    y.set(statisticsAt, mean);
                    y.set(statisticsAt + 1, rstd);
                }
            }
        }
    }
}
