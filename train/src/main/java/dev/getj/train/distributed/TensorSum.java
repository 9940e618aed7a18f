package dev.getj.train.distributed;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sum of one tensor over all ranks, in place.
 *
 * @param remark behind the name of what sums, for logs
 */
record TensorSum(int size, String remark, Consumer<double[]> sum) {
    /** Waits for an operation of all ranks, which may not return if one is gone. */
    interface Collectively extends Consumer<Runnable> {}

    static TensorSum throughHost(Tensor tensor, Collectives collectives, Collectively all) {
        float[] values = new float[tensor.size()];
        return new TensorSum(
                values.length,
                "",
                weights -> {
                    tensor.get(values);
                    all.accept(() -> collectives.sum(values, weights));
                    tensor.set(values);
                });
    }

    /**
     * Copies are made by the thread that runs the backend's programs, in their order.
     *
     * @return empty if no library reaches the backend's memory
     */
    static Optional<TensorSum> onDevice(
            Backend backend, Tensor tensor, DeviceSums sums, Collectively all) {
        int count = tensor.size();
        Optional<Runnable> take = backend.calling("take gradients", tensor, sums::take);
        Optional<Runnable> give = backend.calling("give gradients", tensor, sums::give);
        if (take.isEmpty() || give.isEmpty()) {
            return Optional.empty();
        }
        all.accept(() -> sums.reserve(count));
        return Optional.of(
                new TensorSum(
                        count,
                        "",
                        weights -> {
                            take.get().run();
                            all.accept(() -> sums.sumTaken(count, weights));
                            give.get().run();
                        }));
    }

    TensorSum remarking(String remark) {
        return new TensorSum(size, remark, sum);
    }
}
