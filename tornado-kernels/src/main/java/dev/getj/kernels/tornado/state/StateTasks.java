package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.runtime.Tasks;

/** What is done to whole states. */
public final class StateTasks {
    private StateTasks() {}

    /** Adds the tasks of an operation. */
    public static void record(Tasks tasks, StateOp operation) {
        switch (operation) {
            case StateOp.Fill(float value, var y) -> Elementwise.fill(tasks, value, y);
            case StateOp.FillColumns op -> Elementwise.fillColumns(tasks, op);
            case StateOp.Copy(var x, var y) -> Elementwise.copy(tasks, x, y);
            case StateOp.Cast op -> Casts.record(tasks, op);
            case StateOp.Add(var x, var y) -> Elementwise.mix(tasks, 1, x, 1, y);
            case StateOp.Mix(float a, var x, float b, var y) -> Elementwise.mix(tasks, a, x, b, y);
            case StateOp.Normal op -> Normal.record(tasks, op);
            case StateOp.ResidualNorms op -> Norms.record(tasks, op);
            case StateOp.Select op -> Elementwise.select(tasks, op);
            case StateOp.KeepBest op -> Norms.record(tasks, op);
            case StateOp.Advance op -> Advances.record(tasks, op);
            case StateOp.InnerProducts op -> Histories.record(tasks, op);
            case StateOp.Combine op -> Histories.record(tasks, op);
        }
    }
}
