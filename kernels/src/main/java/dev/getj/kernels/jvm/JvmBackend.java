package dev.getj.kernels.jvm;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * The default backend: tensors in the Java heap, kernels in the Vector API on all the threads it
 * was given.
 */
public final class JvmBackend implements Backend {
    private final Workers workers;
    private final PackedWeights weights;
    private final Scratch scratch;

    /**
     * @param threads how many threads work on an operation, the caller's included; results do not
     *     depend on it
     * @throws IllegalArgumentException if below 1
     */
    public JvmBackend(int threads) {
        workers = new Workers(threads);
        weights = new PackedWeights(workers);
        scratch = new Scratch(threads);
    }

    @Override
    public String id() {
        return "jvm";
    }

    @Override
    public String description() {
        int threads = workers.count();
        return "Vector API, %s-bit vectors, %s thread%s"
                .formatted(Gemm.SPECIES.vectorBitSize(), threads, threads == 1 ? "" : "s");
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        int size = CacheLine.FIRST + Tensor.sizeOf(shape);
        Storage storage =
                switch (dtype) {
                    case F32 -> new JvmBuffer(size);
                    case F16, BF16 -> new HalfBuffer(dtype, size);
                    case F64 ->
                            throw new IllegalArgumentException(
                                    "the JVM backend computes in F32; F64 is the reference's");
                };
        return new Tensor(storage, CacheLine.FIRST, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new HostInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        List<Step> steps = Steps.of(workers, weights, scratch, operations);
        return new JvmProgram(name, operations, Chain.link(workers, steps));
    }

    @Override
    public void close() {
        workers.close();
    }
}
