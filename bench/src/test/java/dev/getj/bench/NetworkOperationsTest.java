package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.Operation;
import dev.getj.model.ModelConfig;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

class NetworkOperationsTest {
    @Test
    void everyOperationIsThereAndRuns() {
        ModelConfig tiny =
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(8, 3, 0),
                        new ModelConfig.Token(2, 32, 4),
                        new ModelConfig.Stack(2, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 6)));
        try (Backend backend = Backends.jvm(2)) {
            Map<String, Operation> operations = NetworkOperations.of(backend, tiny, 2);
            assertEquals(
                    new TreeSet<>(Examples.small().stream().map(Example::operation).toList()),
                    new TreeSet<>(operations.keySet()));
            operations.forEach(
                    (name, operation) -> {
                        assertEquals(name, operation.name());
                        backend.compile(name, List.of(operation)).run();
                    });
        }
    }
}
