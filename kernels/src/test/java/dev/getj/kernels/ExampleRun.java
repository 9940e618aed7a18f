package dev.getj.kernels;

import dev.getj.kernels.op.Example;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs an example on any backend, for any batch, with margins around every operand. */
public record ExampleRun(Example example) {
    private static final int MARGIN = 19;
    private static final float SENTINEL = 12345.678f;

    /** The outputs in which each sample has its part. */
    public List<String> sampleOutputs() {
        return example.operands().stream()
                .filter(operand -> operand.output() && operand.perSample())
                .map(Example.Operand::name)
                .toList();
    }

    /** The example, recorded on a backend with operands of its own. */
    public record Recorded(ExampleRun of, Program program, Map<String, Tensor> buffers) {
        /**
         * Runs it and returns what it modified, by name.
         *
         * @throws AssertionError if it wrote beside its operands
         */
        public Map<String, float[]> run() {
            program.run();
            return of.outputs(buffers);
        }
    }

    /**
     * Runs the example on {@code batch} samples from number {@code first} and returns what it
     * modified, by name. All tensors are views inside larger buffers; writing beside them is an
     * error.
     */
    public Map<String, float[]> run(Backend backend, int first, int batch) {
        return record(backend, first, batch).run();
    }

    /** What {@link #run} runs: for backends on which much is best recorded before the first run. */
    public Recorded record(Backend backend, int first, int batch) {
        Map<String, Tensor> tensors = new HashMap<>();
        Map<String, Tensor> buffers = new HashMap<>();
        for (Example.Operand operand : example.operands()) {
            int[] shape = operand.shape(batch);
            int size = Tensor.sizeOf(shape);
            Tensor buffer = backend.allocate(size + 2 * MARGIN);
            float[] values = new float[size + 2 * MARGIN];
            Arrays.fill(values, SENTINEL);
            System.arraycopy(operand.values(first, batch), 0, values, MARGIN, size);
            buffer.set(values);
            buffers.put(operand.name(), buffer);
            tensors.put(operand.name(), buffer.view(MARGIN, shape));
        }
        Map<String, IntTensor> integers = new HashMap<>();
        example.ints()
                .forEach(
                        (name, values) -> {
                            int[] chosen = values.of(first, batch);
                            integers.put(name, backend.allocateInts(chosen.length).set(chosen));
                        });
        Example.Named named = new Example.Named(tensors, integers);
        Program program =
                backend.record(example.toString(), kernels -> example.record(kernels, named));
        return new Recorded(this, program, buffers);
    }

    private Map<String, float[]> outputs(Map<String, Tensor> buffers) {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        for (Example.Operand operand : example.operands()) {
            float[] values = buffers.get(operand.name()).get();
            for (int i = 0; i < MARGIN; i++) {
                if (values[i] != SENTINEL || values[values.length - 1 - i] != SENTINEL) {
                    throw new AssertionError(example + " wrote beside " + operand.name());
                }
            }
            if (operand.output()) {
                outputs.put(
                        operand.name(), Arrays.copyOfRange(values, MARGIN, values.length - MARGIN));
            }
        }
        return outputs;
    }

    @Override
    public String toString() {
        return example.toString();
    }
}
