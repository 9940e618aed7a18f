package dev.getj.kernels.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A backend that computes nothing: it adds up the bytes of the tensors that a real one would hold,
 * and writes down which programs are run. Every tensor reads as zeros.
 */
public final class DryBackend implements Backend {
    private final List<Program> run = new ArrayList<>();
    private long bytes;

    /** Bytes of all tensors made so far. */
    public long bytes() {
        return bytes;
    }

    /** The programs that were run, in order; one that was run twice stands there twice. */
    public List<Program> programsRun() {
        return List.copyOf(run);
    }

    @Override
    public String id() {
        return "dry";
    }

    @Override
    public String description() {
        return "counts bytes, computes nothing";
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public boolean tf32() {
        return true;
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
        return new HostInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return new Dry(name, operations, run);
    }

    @Override
    public void close() {}

    // two buffers of one size are different places
    private static final class Counted implements Buffer {
        private final DType dtype;
        private final int size;

        Counted(DType dtype, int size) {
            this.dtype = dtype;
            this.size = size;
        }

        @Override
        public DType dtype() {
            return dtype;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void write(int at, float[] source, int from, int count) {}

        @Override
        public void read(int at, float[] target, int to, int count) {
            Arrays.fill(target, to, to + count, 0);
        }
    }

    private record Dry(String name, List<Operation> operations, List<Program> log)
            implements Program {
        @Override
        public void run() {
            log.add(this);
        }
    }
}
