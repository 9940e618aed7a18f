package dev.getj.kernels;

import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * Computes as another backend does, for tests that change one answer. What a backend says it can do
 * beyond that ({@link #compiles}, {@link #mixes}, {@link #tf32}, {@link #calling}) is not forwarded.
 */
public abstract class ForwardingBackend implements Backend {
    private final Backend backend;

    protected ForwardingBackend(Backend backend) {
        this.backend = backend;
    }

    @Override
    public String id() {
        return backend.id();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public DType dtype() {
        return backend.dtype();
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        return backend.allocate(dtype, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return backend.allocateInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return backend.compile(name, operations);
    }

    @Override
    public void close() {
        backend.close();
    }
}
