package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** Packed weights follow the weights, whatever writes them, and are shared. */
class PackedWeightsTest {
    @Test
    void packsAgainWhenTheWeightChanges() {
        try (Backend backend = new JvmBackend(2)) {
            Tensor parameters = backend.allocate(9);
            Tensor weight = parameters.view(1, 2, 3);
            Tensor x = backend.allocate(1, 3).set(1, 10, 100);
            Tensor y = backend.allocate(1, 2);
            Tensor dX = backend.allocate(1, 3);
            Program pass =
                    backend.record(
                            "pass",
                            kernels -> {
                                kernels.linear(x, weight, null, y);
                                kernels.linearBackwardInput(y, weight, dX);
                            });
            weight.set(1, 0, 0, 0, 1, 0);
            pass.run();
            assertArrayEquals(new float[] {1, 10}, y.get());
            assertArrayEquals(new float[] {1, 10, 0}, dX.get());

            parameters.set(0, 0, 0, 1, 2, 0, 0, 0, 0);
            pass.run();
            assertArrayEquals(new float[] {100, 2}, y.get());
            assertArrayEquals(new float[] {4, 0, 100}, dX.get());

            // a launch changes the weights, as the optimiser does
            backend.record("step", kernels -> kernels.mix(3, weight, 0, weight)).run();
            pass.run();
            assertArrayEquals(new float[] {300, 6}, y.get());
            assertArrayEquals(new float[] {36, 0, 900}, dX.get());

            // and within one program
            backend.record(
                            "both",
                            kernels -> {
                                kernels.fill(1, parameters);
                                kernels.linear(x, weight, null, y);
                                kernels.fill(2, parameters);
                                kernels.linearBackwardInput(y, weight, dX);
                            })
                    .run();
            assertArrayEquals(new float[] {111, 111}, y.get());
            assertArrayEquals(new float[] {444, 444, 444}, dX.get());
        }
    }

    @Test
    void oneCopyForEachWeightAndOrientation() {
        try (Workers workers = new Workers(1)) {
            PackedWeights weights = new PackedWeights(workers);
            Tensor weight = new Tensor(new JvmBuffer(12), 0, 2, 3);
            PackedWeight packed = weights.forward(weight);
            assertSame(packed, weights.forward(new Tensor(weight.buffer(), 0, 2, 3)));
            assertNotSame(packed, weights.backward(weight));
            assertNotSame(packed, weights.forward(new Tensor(weight.buffer(), 6, 2, 3)));
            assertNotSame(packed, weights.forward(new Tensor(weight.buffer(), 0, 3, 2)));
        }
    }
}
