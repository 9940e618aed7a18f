package dev.getj.kernels.tornado.loss;

import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.tornado.runtime.Tasks;

/** Losses. */
public final class LossTasks {
    private LossTasks() {}

    /** Adds the tasks of an operation. */
    public static void record(Tasks tasks, LossOp operation) {
        switch (operation) {
            case LossOp.Loss op -> {
                switch (op.kind()) {
                    case L1, L2 -> Loss.record(tasks, op);
                    case PSEUDO_HUBER -> ImageLoss.record(tasks, op);
                }
            }
        }
    }
}
