package dev.getj.kernels.tornado.optimizer;

import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Elementwise;

/** The optimiser and the average of its weights. */
public final class OptimizerTasks {
    private OptimizerTasks() {}

    /** Adds the tasks of an operation. */
    public static void record(Tasks tasks, OptimizerOp operation) {
        switch (operation) {
            case OptimizerOp.AdamW op ->
                    op.rounded()
                            .ifPresentOrElse(
                                    it -> AdamWMixed.record(tasks, op, it),
                                    () -> AdamW.record(tasks, op));
            case OptimizerOp.Ema op ->
                    Elementwise.mix(
                            tasks,
                            op.weightFactor(),
                            op.weights(),
                            op.averageFactor(),
                            op.average());
        }
    }
}
