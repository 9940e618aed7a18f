package dev.getj.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One launch with the shapes of its operands: can be run on any backend, for any batch. What a
 * sample's operands hold depends on the sample's number alone, so a batch can be held against its
 * samples alone.
 */
final class LaunchCase {
    private static final int MARGIN = 19;
    private static final float SENTINEL = 12345.678f;

    /** Records the launch. */
    interface Call {
        void launch(Kernels kernels, Operands operands);
    }

    /** Draws an element. */
    interface Values {
        double next(Random random);
    }

    /** Integers for a batch whose first sample has the given number. */
    interface Ints {
        int[] of(int first, int batch);
    }

    private record Operand(
            String name, boolean output, boolean perSample, int[] shape, Values values) {
        int[] shape(int batch) {
            if (!perSample) {
                return shape;
            }
            int[] whole = new int[shape.length + 1];
            whole[0] = batch;
            System.arraycopy(shape, 0, whole, 1, shape.length);
            return whole;
        }
    }

    /** The tensors of one run by name; a name that the case lacks gives null. */
    record Operands(Map<String, Tensor> tensors, Map<String, IntTensor> integers) {
        Tensor get(String name) {
            return tensors.get(name);
        }

        IntTensor ints(String name) {
            return integers.get(name);
        }
    }

    private final String description;
    private final Call call;
    private final List<Operand> operands = new ArrayList<>();
    private final Map<String, Ints> ints = new LinkedHashMap<>();

    LaunchCase(String description, Call call) {
        this.description = description;
        this.call = call;
    }

    /** An operand that all samples share. */
    LaunchCase shared(String name, int... shape) {
        return with(name, false, false, Random::nextGaussian, shape);
    }

    /** An operand that all samples share, holding what {@code values} draws. */
    LaunchCase shared(String name, Values values, int... shape) {
        return with(name, false, false, values, shape);
    }

    /** An operand with {@code shape} for every sample. */
    LaunchCase perSample(String name, int... shape) {
        return with(name, false, true, Random::nextGaussian, shape);
    }

    /** An operand with {@code shape} for every sample, holding what {@code values} draws. */
    LaunchCase perSample(String name, Values values, int... shape) {
        return with(name, false, true, values, shape);
    }

    /**
     * What the launch modifies for each sample; holds random values before, which it may add to.
     */
    LaunchCase gives(String name, int... shape) {
        return with(name, true, true, Random::nextGaussian, shape);
    }

    LaunchCase gives(String name, Values values, int... shape) {
        return with(name, true, true, values, shape);
    }

    /** What the launch modifies for all samples together. */
    LaunchCase givesShared(String name, int... shape) {
        return with(name, true, false, Random::nextGaussian, shape);
    }

    LaunchCase givesShared(String name, Values values, int... shape) {
        return with(name, true, false, values, shape);
    }

    LaunchCase ints(String name, Ints values) {
        ints.put(name, values);
        return this;
    }

    private LaunchCase with(
            String name, boolean output, boolean perSample, Values values, int... shape) {
        operands.add(new Operand(name, output, perSample, shape, values));
        return this;
    }

    /** The outputs in which each sample has its part. */
    List<String> sampleOutputs() {
        return operands.stream()
                .filter(operand -> operand.output && operand.perSample)
                .map(Operand::name)
                .toList();
    }

    /** The launch, recorded on a backend with operands of its own. */
    record Recorded(LaunchCase launch, Program program, Map<String, Tensor> buffers) {
        /**
         * Runs it and returns what it modified, by name.
         *
         * @throws AssertionError if it wrote beside its operands
         */
        Map<String, float[]> run() {
            program.run();
            return launch.outputs(buffers);
        }
    }

    /**
     * Runs the launch on {@code batch} samples from number {@code first} and returns what it
     * modified, by name. All tensors are views inside larger buffers; writing beside them is an
     * error.
     */
    Map<String, float[]> run(Backend backend, int first, int batch) {
        return record(backend, first, batch).run();
    }

    /** What {@link #run} runs: for backends on which much is best recorded before the first run. */
    Recorded record(Backend backend, int first, int batch) {
        Map<String, Tensor> tensors = new HashMap<>();
        Map<String, Tensor> buffers = new HashMap<>();
        for (Operand operand : operands) {
            int[] shape = operand.shape(batch);
            int size = Tensor.sizeOf(shape);
            Tensor buffer = backend.allocate(size + 2 * MARGIN);
            float[] values = new float[size + 2 * MARGIN];
            Arrays.fill(values, SENTINEL);
            fill(operand, first, batch, values);
            buffer.set(values);
            buffers.put(operand.name, buffer);
            tensors.put(operand.name, buffer.view(MARGIN, shape));
        }
        Map<String, IntTensor> integers = new HashMap<>();
        ints.forEach(
                (name, values) -> {
                    int[] chosen = values.of(first, batch);
                    integers.put(name, backend.allocateInts(chosen.length).set(chosen));
                });
        Operands named = new Operands(tensors, integers);
        Program program = backend.record(description, kernels -> call.launch(kernels, named));
        return new Recorded(this, program, buffers);
    }

    private Map<String, float[]> outputs(Map<String, Tensor> buffers) {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        for (Operand operand : operands) {
            float[] values = buffers.get(operand.name).get();
            for (int i = 0; i < MARGIN; i++) {
                if (values[i] != SENTINEL || values[values.length - 1 - i] != SENTINEL) {
                    throw new AssertionError(description + " wrote beside " + operand.name);
                }
            }
            if (operand.output) {
                outputs.put(
                        operand.name, Arrays.copyOfRange(values, MARGIN, values.length - MARGIN));
            }
        }
        return outputs;
    }

    private void fill(Operand operand, int first, int batch, float[] target) {
        int size = Tensor.sizeOf(operand.shape);
        for (int b = 0; b < (operand.perSample ? batch : 1); b++) {
            Random random =
                    new Random(31L * operand.name.hashCode() + (operand.perSample ? first + b : 0));
            for (int i = 0; i < size; i++) {
                target[MARGIN + b * size + i] = (float) operand.values.next(random);
            }
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
