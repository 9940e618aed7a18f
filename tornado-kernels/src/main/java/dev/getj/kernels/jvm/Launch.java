package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One recorded launch.
 *
 * @param name the method of {@link dev.getj.kernels.Kernels} that recorded it
 * @param flops floating-point operations by the textbook's count; 0 where it only moves memory
 * @param bytes moved at least: every operand once
 * @param body does it
 * @param modified the buffers it writes to
 */
record Launch(String name, double flops, double bytes, Runnable body, JvmBuffer[] modified) {
    /**
     * @param reads the operands, nulls left out; likewise {@code outputs}
     */
    static Launch of(String name, double flops, Runnable body, Tensor[] reads, Tensor[] outputs) {
        double bytes =
                Stream.concat(Arrays.stream(reads), Arrays.stream(outputs))
                        .filter(Objects::nonNull)
                        .mapToDouble(tensor -> 4.0 * tensor.size())
                        .sum();
        JvmBuffer[] modified =
                Arrays.stream(outputs)
                        .filter(Objects::nonNull)
                        .map(JvmBuffer::of)
                        .distinct()
                        .toArray(JvmBuffer[]::new);
        return new Launch(name, flops, bytes, body, modified);
    }

    void run() {
        body.run();
        for (JvmBuffer buffer : modified) {
            buffer.changed();
        }
    }
}
