package dev.getj.kernels.selftest;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An example on a backend.
 *
 * @param results what it modifies
 */
record Recorded(Example example, Program program, List<Tensor> results) {

    /** All examples, recorded and ready to run one after the other. */
    static List<Recorded> all(Backend backend) {
        List<Example> examples = Examples.small();
        // one tensor for all inputs and one for all results, which an example adds to
        Memory inputs = new Memory(backend, examples, false);
        Memory outputs = new Memory(backend, examples, true);
        List<Recorded> recorded = new ArrayList<>();
        for (Example example : examples) {
            Map<String, Tensor> tensors = new HashMap<>();
            List<Tensor> results = new ArrayList<>();
            for (Example.Operand operand : example.operands()) {
                Tensor tensor = (operand.output() ? outputs : inputs).place(operand);
                tensors.put(operand.name(), tensor);
                if (operand.output()) {
                    results.add(tensor);
                }
            }
            Map<String, IntTensor> integers = new HashMap<>();
            example.ints()
                    .forEach(
                            (name, values) -> {
                                int[] chosen = values.of(0, Examples.SMALL_BATCH);
                                integers.put(name, backend.allocateInts(chosen.length).set(chosen));
                            });
            Example.Named named = new Example.Named(tensors, integers);
            Program program =
                    backend.record(example.toString(), kernels -> example.record(kernels, named));
            recorded.add(new Recorded(example, program, results));
        }
        inputs.upload();
        outputs.upload();
        return recorded;
    }

    /** A tensor that operands are views of. */
    private static final class Memory {
        private final Tensor all;
        private final float[] values;
        private int used;

        Memory(Backend backend, List<Example> examples, boolean output) {
            int size =
                    examples.stream()
                            .flatMap(example -> example.operands().stream())
                            .filter(operand -> operand.output() == output)
                            .mapToInt(operand -> Tensor.sizeOf(shape(operand)))
                            .sum();
            all = backend.allocate(size);
            values = new float[size];
        }

        Tensor place(Example.Operand operand) {
            Tensor view = all.view(used, shape(operand));
            float[] drawn = operand.values(0, Examples.SMALL_BATCH);
            System.arraycopy(drawn, 0, values, used, drawn.length);
            used += drawn.length;
            return view;
        }

        void upload() {
            all.set(values);
        }

        private static int[] shape(Example.Operand operand) {
            return operand.shape(Examples.SMALL_BATCH);
        }
    }
}
