package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The linear layer, forward and back to its input: one {@link Gemm} with the weight packed one way
 * or the other.
 */
final class Linear {
    private Linear() {}

    // x [R, I], weight [I, O] packed; the epilogue receives x Wᵀ [R, O] and reads of operands by
    // rows what `local` names, and for all rows what `shared` names. dX = dY W has this form.
    static RowWork product(
            Workers workers,
            Tensor x,
            Tensor weight,
            PackedWeight packed,
            Gemm.Epilogue epilogue,
            Optional<Tensor> local,
            List<Optional<Tensor>> shared) {
        RowWork work =
                new RowWork(
                        x.rows(),
                        1,
                        Gemm.TASKS_PER_THREAD,
                        Gemm.rows(workers, RowMajor.of(x), packed.panels(), epilogue),
                        Stream.concat(Stream.of(x), local.stream()).toArray(Tensor[]::new),
                        Stream.concat(Stream.of(weight), shared.stream().flatMap(Optional::stream))
                                .toArray(Tensor[]::new));
        return work.after(packed::refresh);
    }
}
