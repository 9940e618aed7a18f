package dev.getj.kernels;

import dev.getj.kernels.op.Operation;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** The oracle with float tensors, as a device has them: files hold all that it computes. */
public final class FloatOracle implements Backend {
    private final Backend oracle = new ReferenceBackend();

    @Override
    public String id() {
        return oracle.id();
    }

    @Override
    public String description() {
        return oracle.description() + ", float tensors";
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        return oracle.allocate(dtype, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return oracle.allocateInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return oracle.compile(name, operations);
    }

    @Override
    public void close() {
        oracle.close();
    }
}
