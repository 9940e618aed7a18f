package dev.getj.train;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/**
 * The 2-norm of a gradient over all parameters: squares are summed by rows on the backend, and the
 * rows in order in double.
 */
final class GradientNorm {
    private static final int ROWS = 256;

    private final Tensor squares;
    private final Program sum;

    GradientNorm(Backend backend, Tensor gradients) {
        int size = gradients.size();
        int length = size / ROWS;
        int rest = size - ROWS * length;
        squares = backend.allocate(ROWS + 1);
        sum =
                backend.record(
                        "gradient norm",
                        k -> {
                            k.fill(0, squares);
                            if (length > 0) {
                                Tensor rows = gradients.view(0, ROWS, length);
                                k.innerProducts(
                                        gradients.view(0, 1, ROWS, length),
                                        rows,
                                        squares.view(0, ROWS, 1));
                            }
                            if (rest > 0) {
                                Tensor row = gradients.view(ROWS * length, 1, rest);
                                k.innerProducts(
                                        gradients.view(ROWS * length, 1, 1, rest),
                                        row,
                                        squares.view(ROWS, 1, 1));
                            }
                        });
    }

    /** Of the gradient as it is now. */
    double get() {
        sum.run();
        double total = 0;
        for (float square : squares.get()) {
            total += square;
        }
        return Math.sqrt(total);
    }
}
