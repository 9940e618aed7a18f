package dev.getj.kernels.tornado.optimizer;

import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Casts;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** One step of AdamW over all parameters, a work item for each. */
public final class AdamW {
    // The tensors of each kernel, as both sides number them.
    private static final int SETTINGS = 0;
    private static final int GRADIENTS = 1;
    private static final int WEIGHTS = 2;
    private static final int FIRST_MOMENT = 3;
    private static final int SECOND_MOMENT = 4;

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
                                at.array(SETTINGS),
                                at.array(GRADIENTS),
                                at.array(WEIGHTS),
                                at.column(),
                                size));
        op.rounded().ifPresent(it -> Casts.record(tasks, new StateOp.Cast(op.weights(), it)));
    }

    /**
     * See {@link dev.getj.kernels.op.Kernels#adamW}. Tensors: settings [9], gradients, weights,
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
        int s = offsets.get(entry + SETTINGS);
        int g = offsets.get(entry + GRADIENTS);
        int w = offsets.get(entry + WEIGHTS);
        int m = offsets.get(entry + FIRST_MOMENT);
        int v = offsets.get(entry + SECOND_MOMENT);
        int i = context.globalIdx;
        if (i < size) {
            float rate = settings.get(s + RATE);
            float gradient = gradients.get(g + i);
            float first =
                    gradient * settings.get(s + REST_1)
                            + weights.get(m + i) * settings.get(s + BETA_1);
            float second =
                    gradient * settings.get(s + REST_2) * gradient
                            + weights.get(v + i) * settings.get(s + BETA_2);
            weights.set(m + i, first);
            weights.set(v + i, second);
            float denominator =
                    TornadoMath.sqrt(second / settings.get(s + CORRECTION_2))
                            + settings.get(s + EPSILON);
            float kept = 1f - rate * settings.get(s + DECAY);
            float step = rate / settings.get(s + CORRECTION_1);
            weights.set(w + i, weights.get(w + i) * kept - step * first / denominator);
        }
    }
}
