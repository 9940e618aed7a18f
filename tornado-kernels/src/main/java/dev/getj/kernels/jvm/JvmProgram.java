package dev.getj.kernels.jvm;

import dev.getj.kernels.Program;

import java.util.List;

/** A list of launches, run one after the other. */
record JvmProgram(String name, List<Launch> launches) implements Program {
    @Override
    public void run() {
        for (int i = 0; i < launches.size(); i++) {
            launches.get(i).run();
        }
    }
}
