package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.Optional;
import java.util.function.Consumer;

/** A map f whose fixed point is wanted, as a computation between two tensors of a backend. */
public interface FixedPointMap {
    Backend backend();

    /** z, the argument, [B, …]. Holds the start when a solve begins; the solver overwrites it. */
    Tensor state();

    /** f(z), same shape, overwritten by {@link #apply}. */
    Tensor next();

    /** Computes {@code next = f(state)}. */
    void apply();

    /**
     * The launches of {@link #apply}, where it is nothing but launches: a solver may then run them
     * in one program with its own.
     */
    default Optional<Consumer<Kernels>> launches() {
        return Optional.empty();
    }

    /**
     * Says whose f(z) is wanted from now on. A map may leave out the others and leave in their rows
     * of {@link #next} what it likes; this default computes everything always. Solvers call this
     * with {@link Stopping#EACH_SAMPLE}, and always before a solve.
     *
     * @param wanted one entry a sample, at least one true; the caller's, not to be kept
     */
    default void only(boolean[] wanted) {}
}
