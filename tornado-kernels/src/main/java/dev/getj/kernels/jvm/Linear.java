package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The linear layer, forward and back to its input: one {@link Gemm} with the weight packed one way
 * or the other.
 */
final class Linear {
    private Linear() {}

    // x [R, I], weight [I, O] packed; the epilogue receives x Wᵀ [R, O] and reads of operands by
    // rows what `local` names, and what `shared` names for all rows. Likewise dX = dY W.
    static RowWork product(
            Workers workers,
            Tensor x,
            Tensor weight,
            PackedWeight packed,
            Gemm.Epilogue epilogue,
            Tensor local,
            Tensor... shared) {
        RowWork work =
                new RowWork(
                        x.rows(),
                        1,
                        Gemm.TASKS_PER_THREAD,
                        Gemm.rows(workers, RowMajor.of(x), packed.panels(), epilogue),
                        new Tensor[] {x, local},
                        Stream.concat(Stream.of(weight), Arrays.stream(shared))
                                .toArray(Tensor[]::new));
        return work.after(packed::refresh);
    }
}
