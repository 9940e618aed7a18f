package dev.getj.kernels.tornado;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Buffer;
import dev.getj.kernels.CheckedKernels;
import dev.getj.kernels.HostInts;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The device kernels without a device: launched by the emulator. All buffers lie in one array, so
 * that any two tensors may be parameters of one launch.
 */
public final class EmulatedBackend implements Backend {
    private static final int SIZE = 1 << 22;

    private final FloatArray memory = new FloatArray(SIZE);
    private final boolean large;
    private int used;

    /**
     * @param large whether products use the large tiles, and weight gradients one part; otherwise
     *     the small ones, and many
     */
    public EmulatedBackend(boolean large) {
        this.large = large;
    }

    @Override
    public String id() {
        return "emulator";
    }

    @Override
    public String description() {
        return "work-groups emulated, " + (large ? "large" : "small") + " tiles";
    }

    /** Takes back all tensors. */
    public void clear() {
        used = 0;
    }

    @Override
    public Tensor allocate(int... shape) {
        int size = Tensor.sizeOf(shape);
        if (size > SIZE - used) {
            throw new IllegalStateException("the emulator's memory is full: clear() it");
        }
        int base = used;
        used += size;
        for (int i = base; i < used; i++) {
            memory.set(i, 0f);
        }
        return new Tensor(new Part(base, size), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new HostInts(size);
    }

    @Override
    public Program record(String name, Consumer<Kernels> launches) {
        List<Runnable> recorded = new ArrayList<>();
        launches.accept(new CheckedKernels(new EmulatedKernels(memory, large, recorded::add)));
        return new Program() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void run() {
                recorded.forEach(Runnable::run);
            }
        };
    }

    @Override
    public void close() {}

    /** Where a tensor of this backend begins in the one array. */
    static int at(Tensor tensor) {
        if (tensor.buffer() instanceof Part part) {
            return part.base + tensor.offset();
        }
        throw new IllegalArgumentException(tensor + " was not made by the emulator's backend");
    }

    private final class Part implements Buffer {
        private final int base;
        private final int size;

        Part(int base, int size) {
            this.base = base;
            this.size = size;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void write(int at, float[] source, int from, int count) {
            for (int i = 0; i < count; i++) {
                memory.set(base + at + i, source[from + i]);
            }
        }

        @Override
        public void read(int at, float[] target, int to, int count) {
            for (int i = 0; i < count; i++) {
                target[to + i] = memory.get(base + at + i);
            }
        }
    }
}
