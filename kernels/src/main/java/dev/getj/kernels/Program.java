package dev.getj.kernels;

import dev.getj.kernels.op.Operation;

import java.util.List;

/**
 * Operations compiled once, with their tensors and shapes, to be run any number of times. Running
 * allocates nothing.
 */
public interface Program {
    /** What the program is for, as given when it was recorded. */
    String name();

    /** What it computes, in order. */
    List<Operation> operations();

    /** Runs the operations in order and returns when their results can be read. */
    void run();
}
