package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.OptimizerOp;

/** {@link OptimizerOp}. */
final class Optimizers {
    private Optimizers() {}

    static void compute(OptimizerOp operation) {
        switch (operation) {
            case OptimizerOp.AdamW op -> adamW(op);
            case OptimizerOp.Ema op ->
                    States.mix(op.weightFactor(), op.weights(), op.averageFactor(), op.average());
        }
    }

    private static void adamW(OptimizerOp.AdamW op) {
        double[] s = new double[OptimizerOp.ADAMW_SETTINGS];
        for (int i = 0; i < s.length; i++) {
            s[i] = get(op.settings(), i);
        }
        double rate = s[0];
        for (int i = 0; i < op.weights().size(); i++) {
            double g = get(op.gradients(), i);
            double w = get(op.weights(), i) * (1 - rate * s[6]);
            double m = s[1] * get(op.firstMoment(), i) + s[2] * g;
            double v = s[3] * get(op.secondMoment(), i) + s[4] * g * g;
            set(op.firstMoment(), i, m);
            set(op.secondMoment(), i, v);
            double denominator = Math.sqrt(v / s[8]) + s[5];
            double next = w - rate * (m / s[7]) / denominator;
            set(op.weights(), i, next);
            if (op.rounded().isPresent()) {
                set(op.rounded().get(), i, next);
            }
        }
    }
}
