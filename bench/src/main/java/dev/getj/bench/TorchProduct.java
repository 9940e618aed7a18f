package dev.getj.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;

/**
 * A product by libtorch: {@code linear} with its bias, {@code matmul} for the gradients. Each run
 * makes a new array, as PyTorch does.
 */
final class TorchProduct implements Contender {
    private final NDManager manager = Torch.manager();
    private final Product.Kind kind;
    private final NDArray x;
    private final NDArray weight;
    private final NDArray bias;
    private final NDArray dY;
    private final NDArray transposed;
    private NDArray result;

    TorchProduct(Operands operands, int threads) {
        Torch.useThreads(threads);
        Product product = operands.product();
        kind = product.kind();
        x = manager.create(operands.x(), new Shape(product.rows(), product.inputs()));
        weight = manager.create(operands.weight(), new Shape(product.outputs(), product.inputs()));
        bias = manager.create(operands.bias(), new Shape(product.outputs()));
        dY = manager.create(operands.dY(), new Shape(product.rows(), product.outputs()));
        // a view
        transposed = dY.transpose();
    }

    @Override
    public String name() {
        return Torch.NAME;
    }

    @Override
    public void run() {
        if (result != null) {
            result.close();
        }
        result =
                switch (kind) {
                    case FORWARD -> Linear.linear(x, weight, bias).singletonOrThrow();
                    case INPUT_GRADIENT -> dY.matMul(weight);
                    case WEIGHT_GRADIENT -> transposed.matMul(x);
                };
    }

    @Override
    public float[] result() {
        return result.toFloatArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
