package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/**
 * The linear layer, forward and back to its input: one {@link Gemm} with the weight packed one way
 * or the other.
 */
final class Linear {
    private Linear() {}

    // x [R, I], weight [I, O] packed; the epilogue receives x Wᵀ [R, O]
    static Runnable forward(
            Workers workers, Tensor x, PackedWeight weight, Gemm.Epilogue epilogue) {
        return multiply(workers, x, weight, epilogue);
    }

    // dX = dY W: dY [R, O], weight [O, I] packed; the epilogue receives dY W [R, I]
    static Runnable backwardInput(
            Workers workers, Tensor dY, PackedWeight weight, Gemm.Epilogue epilogue) {
        return multiply(workers, dY, weight, epilogue);
    }

    private static Runnable multiply(
            Workers workers, Tensor a, PackedWeight weight, Gemm.Epilogue epilogue) {
        Runnable product = Gemm.multiply(workers, RowMajor.of(a), weight.panels(), epilogue);
        return () -> {
            weight.refresh();
            product.run();
        };
    }
}
