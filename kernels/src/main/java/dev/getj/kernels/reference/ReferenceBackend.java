package dev.getj.kernels.reference;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * Scalar, single-threaded, double precision: slow and plain. The oracle of the tests, and what runs
 * where the JVM was started without its Vector API module.
 */
public final class ReferenceBackend implements Backend {
    @Override
    public String id() {
        return "reference";
    }

    @Override
    public String description() {
        return "scalar reference kernels, double precision, 1 thread";
    }

    @Override
    public DType dtype() {
        return DType.F64;
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        return new Tensor(new DoubleBuffer(dtype, Tensor.sizeOf(shape)), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new HostInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return new Loops(name, operations);
    }

    @Override
    public void close() {}

    private record Loops(String name, List<Operation> operations) implements Program {
        @Override
        public void run() {
            operations.forEach(ReferenceBackend::compute);
        }
    }

    private static void compute(Operation operation) {
        switch (operation) {
            case MatMulOp op -> Linear.compute(op);
            case NormOp op -> Normalization.compute(op);
            case AttentionOp op -> Attention.compute(op);
            case ImageOp op -> Images.compute(op);
            case LossOp op -> Losses.compute(op);
            case OptimizerOp op -> Optimizers.compute(op);
            case StateOp op -> States.compute(op);
        }
    }
}
