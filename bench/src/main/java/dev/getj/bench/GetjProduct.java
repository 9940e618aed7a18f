package dev.getj.bench;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;

/** A product as getj's linear launches compute it on the JVM. */
final class GetjProduct implements Contender {
    private final Backend backend;
    private final Program program;
    private final Tensor result;
    private final boolean accumulates;

    GetjProduct(Operands operands, int threads) {
        Product product = operands.product();
        int rows = product.rows();
        int inputs = product.inputs();
        int outputs = product.outputs();
        backend = Backends.jvm(threads);
        Tensor x = backend.allocate(rows, inputs).set(operands.x());
        Tensor weight = backend.allocate(outputs, inputs).set(operands.weight());
        Tensor bias = backend.allocate(outputs).set(operands.bias());
        Tensor dY = backend.allocate(rows, outputs).set(operands.dY());
        accumulates = product.kind() == Product.Kind.WEIGHT_GRADIENT;
        switch (product.kind()) {
            case FORWARD -> {
                result = backend.allocate(rows, outputs);
                program = backend.record("forward", k -> k.linear(x, weight, bias, result));
            }
            case INPUT_GRADIENT -> {
                result = backend.allocate(rows, inputs);
                program =
                        backend.record(
                                "input gradient", k -> k.linearBackwardInput(dY, weight, result));
            }
            case WEIGHT_GRADIENT -> {
                result = backend.allocate(outputs, inputs);
                program =
                        backend.record(
                                "weight gradient",
                                k -> k.linearBackwardWeight(dY, x, result, null));
            }
            default -> throw new AssertionError(product.kind());
        }
    }

    @Override
    public String name() {
        return Comparison.GETJ;
    }

    @Override
    public void run() {
        program.run();
    }

    // a weight gradient is what one run adds
    @Override
    public float[] result() {
        if (accumulates) {
            result.set(new float[result.size()]);
            program.run();
        }
        return result.get();
    }

    @Override
    public void close() {
        backend.close();
    }
}
