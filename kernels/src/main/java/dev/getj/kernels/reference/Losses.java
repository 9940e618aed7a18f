package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.LossOp;

/** {@link LossOp}. */
final class Losses {
    private Losses() {}

    static void compute(LossOp operation) {
        switch (operation) {
            case LossOp.Loss op -> loss(op);
        }
    }

    private static void loss(LossOp.Loss op) {
        double sum = 0;
        int n = op.prediction().size();
        for (int i = 0; i < n; i++) {
            double difference = get(op.prediction(), i) - get(op.target(), i);
            sum +=
                    switch (op.kind()) {
                        case L1 -> Math.abs(difference);
                        case L2 -> difference * difference;
                    };
            if (op.dPrediction().isPresent()) {
                double slope =
                        switch (op.kind()) {
                            case L1 -> Math.signum(difference);
                            case L2 -> 2 * difference;
                        };
                set(op.dPrediction().get(), i, op.weight() * slope / n);
            }
        }
        set(op.loss(), 0, sum / n);
    }
}
