package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
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

    /** Names of the operands that may have 16 bits. */
    default List<String> halves() {
        return List.of();
    }

    /**
     * Checks the types of the operands: {@link DType#F32} or {@link DType#F64}, the same for all;
     * and for those of {@link #halves} a type of 16 bits as well, the same for all that have one.
     *
     * @throws IllegalArgumentException naming the operation and the operand
     */
    default void checkTypes() {
        List<Operand> wide = new ArrayList<>();
        List<Operand> half = new ArrayList<>();
        for (Operand operand : operands()) {
            if (operand.tensor().dtype().isHalf()) {
                requireHalf(operand);
                half.add(operand);
            } else {
                wide.add(operand);
            }
        }
        requireSame(wide);
        requireSame(half);
    }

    private void requireHalf(Operand operand) {
        DType type = operand.tensor().dtype();
        Check.require(
                !halves().isEmpty(),
                name(),
                "%s is %s, which only cast takes",
                operand.name(),
                type);
        Check.require(
                halves().contains(operand.name()),
                name(),
                "%s is %s; only %s may have 16 bits",
                operand.name(),
                type,
                String.join(", ", halves()));
    }

    private void requireSame(List<Operand> operands) {
        for (Operand operand : operands) {
            Operand first = operands.getFirst();
            Check.require(
                    operand.tensor().dtype() == first.tensor().dtype(),
                    name(),
                    "%s is %s, %s is %s",
                    first.name(),
                    first.tensor().dtype(),
                    operand.name(),
                    operand.tensor().dtype());
        }
    }
}
