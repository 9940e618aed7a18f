package dev.getj.kernels.jvm;

import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operation;

import java.util.List;

/**
 * Operations run one after the other, or in chains.
 *
 * @param steps compute them
 */
record JvmProgram(String name, List<Operation> operations, List<Runnable> steps)
        implements Program {
    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }
}
