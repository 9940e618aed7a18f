package dev.getj.kernels.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Buffer;
import dev.getj.kernels.CheckedKernels;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Another backend, with every launch as a program of its own that is timed, and every transfer. The
 * numbers are the other backend's. On the wall clock a launch's time includes what the other
 * backend needs to start a program: next to nothing on the JVM, a task graph's bookkeeping on a
 * device, which may have a clock of its own.
 */
public final class ProfiledBackend implements Backend {
    private final Backend backend;
    private final LaunchListener listener;
    private final Optional<DeviceClock> clock;

    /**
     * @param backend closed with this one
     */
    public ProfiledBackend(Backend backend, LaunchListener listener) {
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
    public Tensor allocate(int... shape) {
        Tensor tensor = backend.allocate(shape);
        return new Tensor(new TimedBuffer(tensor, listener), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return backend.allocateInts(size);
    }

    @Override
    public Program record(String name, Consumer<Kernels> launches) {
        List<Timed> timed = new ArrayList<>();
        CostedLaunches each =
                new CostedLaunches(
                        ProfiledBackend::within,
                        (cost, launch) ->
                                timed.add(new Timed(cost, backend.record(cost.kernel(), launch))));
        launches.accept(new CheckedKernels(each));
        return new TimedProgram(name, List.copyOf(timed), listener, clock);
    }

    @Override
    public Optional<DeviceClock> clock() {
        return clock;
    }

    @Override
    public void close() {
        backend.close();
    }

    /** The other backend's tensor. */
    private static Tensor within(Tensor tensor) {
        if (tensor.buffer() instanceof TimedBuffer timed) {
            return timed.all.view(tensor.offset(), tensor.shape());
        }
        throw new IllegalArgumentException(tensor + " was not made by this backend");
    }

    private record Timed(LaunchCost cost, Program program) {}

    private record TimedProgram(
            String name, List<Timed> launches, LaunchListener listener, Optional<DeviceClock> clock)
            implements Program {
        @Override
        public void run() {
            for (Timed launch : launches) {
                long start = System.nanoTime();
                launch.program.run();
                long nanos = System.nanoTime() - start;
                long device = clock.map(DeviceClock::kernelNanos).orElse(0L);
                listener.launch(name, launch.cost, start, nanos, device);
            }
        }
    }

    /** The whole of a tensor of the other backend. */
    private record TimedBuffer(Tensor all, LaunchListener listener) implements Buffer {
        @Override
        public int size() {
            return all.size();
        }

        @Override
        public void write(int at, float[] source, int from, int count) {
            long start = System.nanoTime();
            all.buffer().write(all.offset() + at, source, from, count);
            told(true, count, start);
        }

        @Override
        public void read(int at, float[] target, int to, int count) {
            long start = System.nanoTime();
            all.buffer().read(all.offset() + at, target, to, count);
            told(false, count, start);
        }

        private void told(boolean upload, int count, long start) {
            listener.transfer(upload, (long) Float.BYTES * count, start, System.nanoTime() - start);
        }
    }
}
