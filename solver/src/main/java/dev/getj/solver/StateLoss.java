package dev.getj.solver;

import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** The loss of the supervised states of an {@link Equilibrium}, as its backward pass meets them. */
@FunctionalInterface
public interface StateLoss {
    /**
     * Records what adds the gradient of the loss with respect to one state.
     *
     * @param i which supervised state, from 0
     * @param z the state, [B, …]; holds its value when the programs run
     * @param d receives ∂L/∂z, added to what it holds
     */
    List<Program> record(int i, Tensor z, Tensor d);
}
