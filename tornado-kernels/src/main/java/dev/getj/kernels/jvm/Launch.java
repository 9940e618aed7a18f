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
 * @param work the same by rows, where every row is handled for itself; else null
 * @param outputs what it writes to, with nulls where there is nothing
 * @param modified their buffers
 */
record Launch(
        String name,
        double flops,
        double bytes,
        Runnable body,
        RowWork work,
        Tensor[] outputs,
        JvmBuffer[] modified) {
    /**
     * @param reads the operands, nulls left out; likewise {@code outputs}
     */
    static Launch of(
            String name,
            double flops,
            Runnable body,
            RowWork work,
            Tensor[] reads,
            Tensor[] outputs) {
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
        return new Launch(name, flops, bytes, body, work, outputs, modified);
    }

    void run() {
        body.run();
        changed();
    }

    /** To be called when the outputs have been written. */
    void changed() {
        for (JvmBuffer buffer : modified) {
            buffer.changed();
        }
    }
}
