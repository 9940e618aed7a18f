package dev.getj.kernels.jvm;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CheckedKernels;
import dev.getj.kernels.HostInts;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The default backend: tensors in the Java heap, kernels in the Vector API on all the threads it
 * was given.
 */
public final class JvmBackend implements Backend {
    private final Workers workers;
    private final PackedWeights weights;
    private final Scratch scratch;

    /**
     * @param threads how many threads work on a launch, the caller's included; results do not
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
    public Tensor allocate(int... shape) {
        return new Tensor(
                new JvmBuffer(CacheLine.FIRST + Tensor.sizeOf(shape)), CacheLine.FIRST, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new HostInts(size);
    }

    @Override
    public Program record(String name, Consumer<Kernels> launches) {
        List<Launch> recorded = new ArrayList<>();
        launches.accept(
                new CheckedKernels(new JvmKernels(workers, weights, scratch, recorded::add)));
        return new JvmProgram(name, List.copyOf(recorded), Chain.link(workers, recorded));
    }

    @Override
    public void close() {
        workers.close();
    }
}
