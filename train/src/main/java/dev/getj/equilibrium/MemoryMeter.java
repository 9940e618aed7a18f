package dev.getj.equilibrium;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Buffer;
import dev.getj.kernels.DType;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.op.Operation;

import java.util.List;

/**
 * A backend on which everything can be made and nothing runs: it adds up the bytes of the tensors
 * that a real one would hold.
 */
final class MemoryMeter implements Backend {
    private long bytes;

    /** Bytes of all tensors made so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public String id() {
        return "meter";
    }

    @Override
    public String description() {
        return "counts bytes, computes nothing";
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        int size = Tensor.sizeOf(shape);
        bytes += (long) size * dtype.bytes();
        return new Tensor(new Counted(dtype, size), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        bytes += (long) size * Integer.BYTES;
        return new CountedInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return new Unrunnable(name, operations);
    }

    @Override
    public void close() {}

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("memory that is only counted holds nothing");
    }

    private record Counted(DType dtype, int size) implements Buffer {
        @Override
        public void write(int at, float[] source, int from, int count) {
            throw unsupported();
        }

        @Override
        public void read(int at, float[] target, int to, int count) {
            throw unsupported();
        }
    }

    private record CountedInts(int size) implements IntTensor {
        @Override
        public IntTensor set(int... values) {
            throw unsupported();
        }

        @Override
        public int[] get() {
            throw unsupported();
        }
    }

    private record Unrunnable(String name, List<Operation> operations) implements Program {
        @Override
        public void run() {
            throw unsupported();
        }
    }
}
