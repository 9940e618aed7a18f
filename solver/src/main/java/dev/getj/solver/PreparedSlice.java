package dev.getj.solver;

import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** What is differentiated of a slice, with its memory and its programs. */
sealed interface PreparedSlice permits Unrolling, PreparedImplicit {
    /** The supervised states, [B, …] each. */
    List<Tensor> states();

    /** The state that the next slice resumes from. */
    Tensor last();

    /** From the state that the slice was prepared with. */
    void forward();

    /** Adds to the gradients of what f depends on; the statistics of an adjoint solve, if any. */
    List<Statistics> backward();
}
