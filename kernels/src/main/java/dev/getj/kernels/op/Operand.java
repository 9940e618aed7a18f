package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

/**
 * A tensor in its role in an operation.
 *
 * @param name of the role, such as {@code weight}
 * @param read whether its values matter
 * @param written whether its values change
 * @param elements how many of its elements are read or written
 */
public record Operand(String name, Tensor tensor, boolean read, boolean written, long elements) {
    /** Bytes that are moved to or from memory if every element is touched once. */
    public double bytes() {
        return (double) elements * tensor.dtype().bytes() * ((read ? 1 : 0) + (written ? 1 : 0));
    }
}
