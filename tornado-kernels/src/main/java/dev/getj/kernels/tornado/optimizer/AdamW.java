package dev.getj.kernels.tornado.optimizer;

import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** One step of AdamW over all parameters, a work item for each. */
public final class AdamW {
    // The tensors of each kernel, as both sides number them.
    static final int SETTINGS = 0;
    static final int GRADIENTS = 1;
    static final int WEIGHTS = 2;
    static final int FIRST_MOMENT = 3;
    static final int SECOND_MOMENT = 4;

    // The settings, as OptimizerOp.AdamW lists them.
    private static final int RATE = 0;
    private static final int BETA_1 = 1;
    private static final int REST_1 = 2;
    private static final int BETA_2 = 3;
    private static final int REST_2 = 4;
    private static final int EPSILON = 5;
    private static final int DECAY = 6;
    private static final int CORRECTION_1 = 7;
    private static final int CORRECTION_2 = 8;

    private AdamW() {}

    static void record(Tasks tasks, OptimizerOp.AdamW op) {
        int size = op.weights().size();
        Arguments arguments =
                tasks.arguments()
                        .tensor(SETTINGS, op.settings())
                        .tensor(GRADIENTS, op.gradients())
                        .tensor(WEIGHTS, op.weights())
                        .alongside(FIRST_MOMENT, op.firstMoment(), WEIGHTS)
                        .alongside(SECOND_MOMENT, op.secondMoment(), WEIGHTS);
        tasks.add(
                "adamW",
                Geometry.items(size, 1),
                arguments,
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AdamW::adamWStep,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(SETTINGS),
                                at.array(GRADIENTS),
                                at.array(WEIGHTS),
                                at.column(),
                                size));
    }

    /**
     * See {@link dev.getj.kernels.op.Kernels#adamW}. Tensors: settings [9], gradients, weights,
     * firstMoment, secondMoment [size], the last three in one array.
     */
    public static void adamWStep(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray settings,
            FloatArray gradients,
            FloatArray weights,
            int column,
            int size) {
        int entry = Entry.of(row, place, column);
        int s = offsets.get(entry + SETTINGS);
        int g = offsets.get(entry + GRADIENTS);
        int w = offsets.get(entry + WEIGHTS);
        int m = offsets.get(entry + FIRST_MOMENT);
        int v = offsets.get(entry + SECOND_MOMENT);
        int i = context.globalIdx;
        if (i < size) {
            float weight = weights.get(w + i);
            float first = weights.get(m + i);
            float second = weights.get(v + i);
            float gradient = gradients.get(g + i);
            float moved = step(settings, s, gradient, weight, first, second, weights, m + i, v + i);
            weights.set(w + i, moved);
        }
    }

    /**
     * Writes the moments of one weight, which were {@code first} and {@code second}, and says what
     * becomes of it. Compiled into the kernels.
     */
    static float step(
            FloatArray settings,
            int settingsAt,
            float gradient,
            float weight,
            float first,
            float second,
            FloatArray moments,
            int firstAt,
            int secondAt) {
        float rate = settings.get(settingsAt + RATE);
        float newFirst =
                gradient * settings.get(settingsAt + REST_1)
                        + first * settings.get(settingsAt + BETA_1);
        float newSecond =
                gradient * settings.get(settingsAt + REST_2) * gradient
                        + second * settings.get(settingsAt + BETA_2);
        moments.set(firstAt, newFirst);
        moments.set(secondAt, newSecond);
        float denominator =
                TornadoMath.sqrt(newSecond / settings.get(settingsAt + CORRECTION_2))
                        + settings.get(settingsAt + EPSILON);
        float kept = 1f - rate * settings.get(settingsAt + DECAY);
        float step = rate / settings.get(settingsAt + CORRECTION_1);
        return weight * kept - step * newFirst / denominator;
    }
}
