package dev.getj.kernels.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/**
 * Another backend, with every operation as a program of its own that is timed, and every transfer.
 * The numbers are the other backend's. On the wall clock an operation's time includes what the
 * other backend needs to start a program: next to nothing on the JVM, a task graph's bookkeeping on
 * a device, which may have a clock of its own.
 */
public final class ProfiledBackend implements Backend {
    private final Backend backend;
    private final ProfileListener listener;
    private final Optional<DeviceClock> clock;

    /**
     * @param backend closed with this one
     */
    public ProfiledBackend(Backend backend, ProfileListener listener) {
        this.backend = backend;
        this.listener = listener;
        clock = backend.clock();
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
    public boolean mixes() {
        return backend.mixes();
    }

    @Override
    public boolean tf32() {
        return backend.tf32();
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        Tensor tensor = backend.allocate(dtype, shape);
        return new Tensor(new TimedBuffer(tensor.buffer(), listener), tensor.offset(), shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return backend.allocateInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        List<Timed> timed =
                operations.stream()
                        .map(operation -> new Timed(operation.cost(), alone(operation)))
                        .toList();
        return new TimedProgram(name, operations, timed, listener, clock);
    }

    private Program alone(Operation operation) {
        return backend.compile(operation.name(), List.of(operation));
    }

    @Override
    public boolean compiles() {
        return backend.compiles();
    }

    @Override
    public Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
        return backend.calling(name, tensor, call);
    }

    @Override
    public Optional<DeviceClock> clock() {
        return clock;
    }

    @Override
    public void close() {
        backend.close();
    }

    private record Timed(Cost cost, Program program) {}

    private record TimedProgram(
            String name,
            List<Operation> operations,
            List<Timed> timed,
            ProfileListener listener,
            Optional<DeviceClock> clock)
            implements Program {
        @Override
        public void run() {
            for (Timed each : timed) {
                long start = System.nanoTime();
                each.program.run();
                long nanos = System.nanoTime() - start;
                long device = clock.map(DeviceClock::kernelNanos).orElse(0L);
                listener.computed(name, each.cost, start, nanos, device);
            }
        }
    }

    /** A buffer of the other backend, whose transfers are timed. */
    private record TimedBuffer(Buffer storage, ProfileListener listener) implements Buffer {
        @Override
        public DType dtype() {
            return storage.dtype();
        }

        @Override
        public int size() {
            return storage.size();
        }

        @Override
        public void write(int at, float[] source, int from, int count) {
            long start = System.nanoTime();
            storage.write(at, source, from, count);
            told(true, count, start);
        }

        @Override
        public void read(int at, float[] target, int to, int count) {
            long start = System.nanoTime();
            storage.read(at, target, to, count);
            told(false, count, start);
        }

        private void told(boolean upload, int count, long start) {
            long bytes = (long) storage.dtype().bytes() * count;
            listener.transfer(upload, bytes, start, System.nanoTime() - start);
        }
    }
}
