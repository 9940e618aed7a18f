package dev.getj.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The oracle's operations with operands of 16 bits are those in double on the same, rounded, values
 * (which {@link GradientTest} holds against finite differences), and round only what they store.
 */
class MixedTrainingTest {
    private static final int BATCH = 2;

    static List<Example> examples() {
        return Examples.mixedTraining();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void roundsNothingButResults(Example example) {
        Backend oracle = new ReferenceBackend();
        Map<String, Tensor> rounded = run(oracle, example, true);
        Map<String, Tensor> wide = run(oracle, example, false);
        for (Example.Operand operand : example.operands()) {
            float[] values = wide.get(operand.name()).get();
            float[] actual = rounded.get(operand.name()).get();
            for (int i = 0; i < values.length; i++) {
                float value = values[i];
                float expected =
                        operand.type().map(type -> (float) type.round(value)).orElse(value);
                assertEquals(expected, actual[i], operand.name() + " " + i);
            }
        }
    }

    // in 16 bits, or in double with operands that are rounded
    private static Map<String, Tensor> run(Backend backend, Example example, boolean half) {
        Map<String, Tensor> tensors = new HashMap<>();
        for (Example.Operand operand : example.operands()) {
            float[] values = operand.values(0, BATCH);
            operand.type()
                    .ifPresent(
                            type -> {
                                for (int i = 0; i < values.length; i++) {
                                    values[i] = (float) type.round(values[i]);
                                }
                            });
            Tensor tensor =
                    backend.allocate(
                            half ? operand.type().orElse(backend.dtype()) : backend.dtype(),
                            operand.shape(BATCH));
            tensors.put(operand.name(), tensor.set(values));
        }
        // adamW's copy of the weights cannot be anything but 16 bits wide
        boolean copies = !half && tensors.containsKey("rounded");
        Map<String, Tensor> given = new HashMap<>(tensors);
        if (copies) {
            given.remove("rounded");
        }
        Example.Named named = new Example.Named(given, Map.of());
        backend.record(example.toString(), k -> example.record(k, named)).run();
        if (copies) {
            tensors.put("rounded", tensors.get("weights"));
        }
        return tensors;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theJvmBackendRefusesThem(Example example) {
        try (Backend backend = new JvmBackend(1)) {
            IllegalArgumentException thrown =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new ExampleRun(example).record(backend, 0, BATCH));
            assertTrue(
                    thrown.getMessage().endsWith("; the JVM backend computes in F32"),
                    thrown.getMessage());
        }
    }
}
