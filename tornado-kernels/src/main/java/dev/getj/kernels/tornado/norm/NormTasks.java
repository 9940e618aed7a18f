package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Casts;

/** Normalisation. */
public final class NormTasks {
    private NormTasks() {}

    /** Adds the tasks of an operation. */
    public static void record(Tasks tasks, NormOp operation) {
        switch (operation) {
            case NormOp.LayerNorm op -> {
                if (LayerNormMixed.takes(op)) {
                    LayerNormMixed.record(tasks, op);
                } else {
                    LayerNorm.record(tasks, op);
                    Casts.round(tasks, op.y());
                }
            }
            case NormOp.LayerNormBackward op -> {
                if (op.dY().dtype().isHalf()) {
                    LayerNormMixedBackward.record(tasks, op);
                } else {
                    LayerNormBackward.record(tasks, op);
                }
            }
            case NormOp.RmsNorm op -> {
                RmsNorm.record(tasks, op);
                Casts.round(tasks, op.y());
            }
            case NormOp.RmsNormBackward op -> RmsNorm.record(tasks, op);
        }
    }
}
