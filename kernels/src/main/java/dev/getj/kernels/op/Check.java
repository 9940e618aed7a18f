package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.Locale;

/** The checks that operations have in common. Each names the operation and the operand. */
final class Check {
    private Check() {}

    static void rank(String operation, String name, Tensor tensor, int rank) {
        require(
                tensor.rank() == rank,
                operation,
                "%s must have %d dimensions, is %s",
                name,
                rank,
                tensor);
    }

    static void columns(String operation, String name, Tensor tensor, int columns) {
        require(
                tensor.dim(-1) == columns,
                operation,
                "%s must have %d columns, is %s",
                name,
                columns,
                tensor);
    }

    static void size(String operation, String name, Tensor tensor, int size) {
        require(
                tensor.size() == size,
                operation,
                "%s must have %d elements, is %s",
                name,
                size,
                tensor);
    }

    static void apart(String operation, String name, Tensor tensor, String other, Tensor second) {
        require(!tensor.overlaps(second), operation, "%s and %s must not overlap", name, other);
    }

    static void require(boolean condition, String operation, String message, Object... values) {
        if (!condition) {
            throw new IllegalArgumentException(
                    operation + ": " + String.format(Locale.ROOT, message, values));
        }
    }
}
