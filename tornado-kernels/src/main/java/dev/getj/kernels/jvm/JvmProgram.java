package dev.getj.kernels.jvm;

import dev.getj.kernels.Program;

import java.util.List;

/**
 * A list of launches, run one after the other, or in chains.
 *
 * @param steps run them
 */
record JvmProgram(String name, List<Launch> launches, List<Runnable> steps) implements Program {
    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }
}
