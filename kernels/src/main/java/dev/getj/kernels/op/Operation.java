package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * One operation of a program, as a value: the tensors that it reads and writes and the constants
 * that it is compiled with. A record is checked when it is made, so every operation that exists can
 * be computed; backends compile it by an exhaustive {@code switch} over its family.
 *
 * <p>Programs are lists of operations. Checks, costs, schedules, profiles, the self-test and the
 * conformance suite all read these records.
 */
public sealed interface Operation
        permits MatMulOp, NormOp, AttentionOp, ImageOp, LossOp, OptimizerOp, StateOp {
    /** What it is called in programs, tables and messages, such as {@code linearGelu}. */
    String name();

    /** The tensors that it reads and writes, inputs first; absent ones are left out. */
    List<Operand> operands();

    /**
     * Floating-point operations by the textbook's count, a multiplication and an addition being
     * two; 0 where numbers are only moved.
     */
    double flops();

    /** The operands whose values change. */
    default List<Tensor> outputs() {
        return operands().stream().filter(Operand::written).map(Operand::tensor).toList();
    }

    /** What it takes at least: arithmetic, and every operand moved once. */
    default Cost cost() {
        double bytes = operands().stream().mapToDouble(Operand::bytes).sum();
        return new Cost(name(), flops(), bytes);
    }

    /**
     * Checks the types of the operands: one of {@link DType#F32} and {@link DType#F64}, the same
     * for all.
     *
     * @throws IllegalArgumentException naming the operation and the operand
     */
    default void checkTypes() {
        List<Operand> operands = operands();
        DType first = operands.getFirst().tensor().dtype();
        for (Operand operand : operands) {
            DType type = operand.tensor().dtype();
            Check.require(
                    type == DType.F32 || type == DType.F64,
                    name(),
                    "%s is %s, which only cast takes",
                    operand.name(),
                    type);
            Check.require(
                    type == first,
                    name(),
                    "%s is %s, %s is %s",
                    operands.getFirst().name(),
                    first,
                    operand.name(),
                    type);
        }
    }
}
