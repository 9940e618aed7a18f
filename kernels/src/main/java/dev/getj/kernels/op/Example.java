package dev.getj.kernels.op;

import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A call of an operation with the shapes of its operands, to be recorded on any backend and for any
 * batch: what the self-test, the conformance suite and the benchmarks run. What a sample's operands
 * hold depends on the sample's number alone, so a batch can be compared with its samples alone.
 */
public final class Example {
    /** Records the operation, and what must be computed before it. */
    public interface Call {
        void record(Kernels kernels, Named operands);
    }

    /** Draws an element. */
    public interface Values {
        double next(Random random);
    }

    /** Integers for a batch whose first sample has the given number. */
    public interface Ints {
        int[] of(int first, int batch);
    }

    /**
     * An operand.
     *
     * @param output whether the call modifies it; it holds random values before, which the call may
     *     add to
     * @param perSample whether each sample has its part; {@code shape} is then that of a sample
     */
    public record Operand(
            String name, boolean output, boolean perSample, int[] shape, Values values) {
        /** The shape of {@code batch} samples. */
        public int[] shape(int batch) {
            if (!perSample) {
                return shape;
            }
            int[] whole = new int[shape.length + 1];
            whole[0] = batch;
            System.arraycopy(shape, 0, whole, 1, shape.length);
            return whole;
        }

        /** The values of {@code batch} samples from number {@code first}. */
        public float[] values(int first, int batch) {
            int size = Tensor.sizeOf(shape);
            int parts = perSample ? batch : 1;
            float[] drawn = new float[parts * size];
            for (int b = 0; b < parts; b++) {
                Random random = new Random(31L * name.hashCode() + (perSample ? first + b : 0));
                for (int i = 0; i < size; i++) {
                    drawn[b * size + i] = (float) values.next(random);
                }
            }
            return drawn;
        }
    }

    /** The tensors of a recording by name; a name that the example lacks gives null: absent. */
    public record Named(Map<String, Tensor> tensors, Map<String, IntTensor> integers) {
        public Tensor get(String name) {
            return tensors.get(name);
        }

        public IntTensor ints(String name) {
            return integers.get(name);
        }

        Tensor x() {
            return get("x");
        }

        Tensor w() {
            return get("w");
        }

        Tensor bias() {
            return get("bias");
        }

        Tensor y() {
            return get("y");
        }
    }

    private final String description;
    private final List<Operand> operands = new ArrayList<>();
    private final Map<String, Ints> ints = new LinkedHashMap<>();
    private Call call;

    /**
     * @param description begins with the operation's name, followed by a space
     */
    public Example(String description) {
        this.description = description;
    }

    /** An operand that all samples share. */
    public Example shared(String name, int... shape) {
        return shared(name, Random::nextGaussian, shape);
    }

    /** An operand that all samples share, holding what {@code values} draws. */
    public Example shared(String name, Values values, int... shape) {
        return with(name, false, false, values, shape);
    }

    /** An operand with {@code shape} for every sample. */
    public Example perSample(String name, int... shape) {
        return perSample(name, Random::nextGaussian, shape);
    }

    /** An operand with {@code shape} for every sample, holding what {@code values} draws. */
    public Example perSample(String name, Values values, int... shape) {
        return with(name, false, true, values, shape);
    }

    /** What the call modifies for each sample. */
    public Example gives(String name, int... shape) {
        return gives(name, Random::nextGaussian, shape);
    }

    public Example gives(String name, Values values, int... shape) {
        return with(name, true, true, values, shape);
    }

    /** What the call modifies for all samples together. */
    public Example givesShared(String name, int... shape) {
        return givesShared(name, Random::nextGaussian, shape);
    }

    public Example givesShared(String name, Values values, int... shape) {
        return with(name, true, false, values, shape);
    }

    public Example ints(String name, Ints values) {
        ints.put(name, values);
        return this;
    }

    public Example calls(Call recorded) {
        call = recorded;
        return this;
    }

    private Example with(
            String name, boolean output, boolean perSample, Values values, int... shape) {
        operands.add(new Operand(name, output, perSample, shape, values));
        return this;
    }

    /** Name of the operation. */
    public String operation() {
        return description.split(" ", 2)[0];
    }

    /** What distinguishes this example from others of the operation, such as shapes. */
    public String variant() {
        return description.substring(operation().length()).strip();
    }

    public List<Operand> operands() {
        return List.copyOf(operands);
    }

    public Map<String, Ints> ints() {
        return Map.copyOf(ints);
    }

    /** Records the call with these operands. */
    public void record(Kernels kernels, Named named) {
        call.record(kernels, named);
    }

    /** The operation and what distinguishes this call from others of it. */
    @Override
    public String toString() {
        return description;
    }
}
