package dev.getj.kernels;

import dev.getj.kernels.op.Example;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs an example on any backend, for any batch, with margins around every operand. */
public record ExampleRun(Example example, boolean aligned) {
    // odd, so that views begin anywhere; on devices those of 16 bits begin with a word of four
    private static final int MARGIN = 19;
    private static final int HALF_MARGIN = 20;
    private static final int ALIGNED_MARGIN = 16;
    private static final float SENTINEL = 12345.678f;

    /** With margins that are odd. */
    public ExampleRun(Example example) {
        this(example, false);
    }

    /** With margins after which operands begin where fast memory accesses may. */
    public ExampleRun whereAligned() {
        return new ExampleRun(example, true);
    }

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

    /** True for the forward pass of a linear layer. */
    public boolean forwardProduct() {
        return example.operation().startsWith("linear")
                && !example.operation().contains("Backward");
    }

    /** True for attention, forward. */
    public boolean attention() {
        return example.operation().equals("attention");
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
            int margin = margin(operand);
            DType type = operand.type().orElse(backend.dtype());
            Tensor buffer = backend.allocate(type, size + 2 * margin);
            float[] values = new float[size + 2 * margin];
            Arrays.fill(values, SENTINEL);
            System.arraycopy(operand.values(first, batch), 0, values, margin, size);
            buffer.set(values);
            buffers.put(operand.name(), buffer);
            tensors.put(operand.name(), buffer.view(margin, shape));
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
            int margin = margin(operand);
            float beside = operand.type().map(it -> (float) it.round(SENTINEL)).orElse(SENTINEL);
            for (int i = 0; i < margin; i++) {
                if (values[i] != beside || values[values.length - 1 - i] != beside) {
                    throw new AssertionError(example + " wrote beside " + operand.name());
                }
            }
            if (operand.output()) {
                outputs.put(
                        operand.name(), Arrays.copyOfRange(values, margin, values.length - margin));
            }
        }
        return outputs;
    }

    private int margin(Example.Operand operand) {
        if (aligned) {
            return ALIGNED_MARGIN;
        }
        return operand.type().isPresent() ? HALF_MARGIN : MARGIN;
    }

    /**
     * How far an output may lie from the oracle's where float kernels may be {@code floats} off.
     */
    public double tolerance(String output, double floats) {
        return example.operands().stream()
                .filter(operand -> operand.name().equals(output))
                .findFirst()
                .flatMap(Example.Operand::type)
                .map(type -> floats + Tolerances.rounded(type))
                .orElse(floats);
    }

    @Override
    public String toString() {
        return example.toString();
    }
}
