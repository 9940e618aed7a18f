package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.op.LossOp;

import java.util.function.DoubleUnaryOperator;

/** {@link LossOp}. */
final class Losses {
    private Losses() {}

    static void compute(LossOp operation) {
        switch (operation) {
            case LossOp.Loss op -> loss(op);
        }
    }

    private static void loss(LossOp.Loss op) {
        switch (op.kind()) {
            case L1 -> elements(op, Math::abs, Math::signum);
            case L2 -> elements(op, e -> e * e, e -> 2 * e);
            case PSEUDO_HUBER -> images(op);
        }
    }

    private static void elements(
            LossOp.Loss op, DoubleUnaryOperator distance, DoubleUnaryOperator slope) {
        double sum = 0;
        int n = op.prediction().size();
        for (int i = 0; i < n; i++) {
            double difference = get(op.prediction(), i) - get(op.target(), i);
            sum += distance.applyAsDouble(difference);
            if (op.dPrediction().isPresent()) {
                double each = op.weight() * slope.applyAsDouble(difference) / n;
                set(op.dPrediction().get(), i, each);
            }
        }
        set(op.loss(), 0, sum / n);
    }

    private static void images(LossOp.Loss op) {
        int images = op.prediction().dim(0);
        int length = op.prediction().size() / images;
        double c = LossKind.WIDTH;
        double sum = 0;
        for (int b = 0; b < images; b++) {
            double squares = 0;
            for (int i = b * length; i < (b + 1) * length; i++) {
                double difference = get(op.prediction(), i) - get(op.target(), i);
                squares += difference * difference;
            }
            double root = Math.sqrt(squares / length + c * c);
            sum += root - c;
            for (int i = b * length; op.dPrediction().isPresent() && i < (b + 1) * length; i++) {
                double difference = get(op.prediction(), i) - get(op.target(), i);
                double slope = difference / (op.prediction().size() * root);
                set(op.dPrediction().get(), i, op.weight() * slope);
            }
        }
        set(op.loss(), 0, sum / images);
    }
}
