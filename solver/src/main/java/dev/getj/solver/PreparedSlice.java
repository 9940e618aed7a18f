package dev.getj.solver;

import dev.getj.kernels.Tensor;

import java.util.List;

/** A slice with its memory and its programs. */
sealed interface PreparedSlice permits PreparedSteps, PreparedImplicit {
    /** The supervised states. */
    List<Tensor> states();

    /** The gradients of the loss with respect to {@link #states}. */
    List<Tensor> cotangents();

    /** From what the map's state holds; leaves the last state there. */
    void forward(List<Statistics> statistics);

    /** Adds to the gradients of what f depends on. */
    void backward(List<Statistics> statistics);
}
