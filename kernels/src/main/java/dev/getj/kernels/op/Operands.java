package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists the operands of an operation, inputs first. */
final class Operands {
    private final List<Operand> operands = new ArrayList<>();

    Operands reads(String name, Tensor tensor) {
        return reads(name, tensor, tensor.size());
    }

    Operands reads(String name, Optional<Tensor> tensor) {
        tensor.ifPresent(it -> reads(name, it));
        return this;
    }

    /** A tensor of which {@code elements} are read. */
    Operands reads(String name, Tensor tensor, long elements) {
        operands.add(new Operand(name, tensor, true, false, elements));
        return this;
    }

    Operands writes(String name, Tensor tensor) {
        operands.add(new Operand(name, tensor, false, true, tensor.size()));
        return this;
    }

    Operands writes(String name, Optional<Tensor> tensor) {
        tensor.ifPresent(it -> writes(name, it));
        return this;
    }

    /** A tensor that is read and written, such as one that is added to. */
    Operands updates(String name, Tensor tensor) {
        return updates(name, tensor, tensor.size());
    }

    Operands updates(String name, Optional<Tensor> tensor) {
        tensor.ifPresent(it -> updates(name, it));
        return this;
    }

    /** A tensor of which {@code elements} are read and written. */
    Operands updates(String name, Tensor tensor, long elements) {
        operands.add(new Operand(name, tensor, true, true, elements));
        return this;
    }

    List<Operand> list() {
        return List.copyOf(operands);
    }
}
