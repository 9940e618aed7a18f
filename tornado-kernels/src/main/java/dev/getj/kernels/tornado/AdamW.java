package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One step of AdamW over all parameters, a work item for each. */
public final class AdamW {
    private AdamW() {}

    public static Geometry geometry(int size) {
        return Geometry.items(size, 1);
    }

    /**
     * See {@link dev.getj.kernels.Kernels#adamW}. Tensors: settings [9], gradients, weights,
     * firstMoment, secondMoment [size], the last three in one array.
     */
    public static void adamWStep(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray settings,
            FloatArray gradients,
            FloatArray weights,
            int column,
            int size) {
        int entry = row.get(0) + column;
        int s = offsets.get(entry);
        int g = offsets.get(entry + 1);
        int w = offsets.get(entry + 2);
        int m = offsets.get(entry + 3);
        int v = offsets.get(entry + 4);
        int i = context.globalIdx;
        if (i < size) {
            float rate = settings.get(s);
            float gradient = gradients.get(g + i);
            float first = gradient * settings.get(s + 2) + weights.get(m + i) * settings.get(s + 1);
            float second =
                    gradient * settings.get(s + 4) * gradient
                            + weights.get(v + i) * settings.get(s + 3);
            weights.set(m + i, first);
            weights.set(v + i, second);
            float denominator =
                    TornadoMath.sqrt(second / settings.get(s + 8)) + settings.get(s + 5);
            float kept = 1f - rate * settings.get(s + 6);
            float step = rate / settings.get(s + 7);
            weights.set(w + i, weights.get(w + i) * kept - step * first / denominator);
        }
    }
}
