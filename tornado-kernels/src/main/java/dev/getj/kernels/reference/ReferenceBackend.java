package dev.getj.kernels.reference;

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
    public Tensor allocate(int... shape) {
        return new Tensor(new DoubleBuffer(Tensor.sizeOf(shape)), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new HostInts(size);
    }

    @Override
    public Program record(String name, Consumer<Kernels> launches) {
        List<Runnable> calls = new ArrayList<>();
        launches.accept(new CheckedKernels(new ReferenceKernels(calls::add)));
        return new Recorded(name, List.copyOf(calls));
    }

    @Override
    public void close() {}

    private record Recorded(String name, List<Runnable> calls) implements Program {
        @Override
        public void run() {
            calls.forEach(Runnable::run);
        }
    }
}
