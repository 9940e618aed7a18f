package dev.getj.train.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.ForwardingBackend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** In what order a tensor is taken, summed and given back; that of NCCL needs GPUs. */
class TensorSumTest {
    private final List<String> calls = new ArrayList<>();

    /** A backend whose tensors a library reaches; places tell no more than sizes. */
    private static final class Reached extends ForwardingBackend {
        Reached() {
            super(Backends.jvm(1));
        }

        @Override
        public Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
            DeviceCall.Place place = new DeviceCall.Place(1, 4L * tensor.size(), 2, 3);
            return Optional.of(() -> call.make(place));
        }

        @Override
        public String id() {
            return "reached";
        }
    }

    private final class Recorded implements DeviceSums {
        @Override
        public void reserve(int count) {
            calls.add("reserve " + count);
        }

        @Override
        public void take(DeviceCall.Place tensor) {
            calls.add("take " + tensor.bytes());
        }

        @Override
        public void sumTaken(int count, double[] weights) {
            calls.add("sum " + count + " " + weights[0]);
        }

        @Override
        public void give(DeviceCall.Place tensor) {
            calls.add("give " + tensor.bytes());
        }
    }

    private void together(Runnable operation) {
        calls.add("all:");
        operation.run();
    }

    @Test
    void whatMayNotReturnIsLeftToTheOtherThread() {
        try (Backend backend = new Reached()) {
            TensorSum sum =
                    TensorSum.onDevice(backend, backend.allocate(6), new Recorded(), this::together)
                            .orElseThrow();
            assertEquals(List.of("all:", "reserve 6"), calls);
            calls.clear();
            sum.sum().accept(new double[] {0.25});
            assertEquals(List.of("take 24", "all:", "sum 6 0.25", "give 24"), calls);
            assertEquals(6, sum.size());
        }
    }

    @Test
    void memoryThatNoLibraryReachesGoesThroughTheHost() {
        try (Backend backend = Backends.jvm(1)) {
            Tensor tensor = backend.allocate(2).set(1, 2);
            assertEquals(
                    Optional.empty(),
                    TensorSum.onDevice(backend, tensor, new Recorded(), this::together));
            assertEquals(List.of(), calls);
            List<float[]> sums =
                    Threads.together(
                            2,
                            ranks -> {
                                try (Backend own = Backends.jvm(1)) {
                                    Tensor values = own.allocate(2).set(1 + ranks.number(), 2);
                                    ranks.averaging(own, values).run(2);
                                    return values.get();
                                }
                            });
            sums.forEach(each -> assertArrayEquals(new float[] {1.5f, 2}, each));
        }
    }
}
