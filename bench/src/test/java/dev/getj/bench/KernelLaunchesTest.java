package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.kernels.Kernels;
import dev.getj.model.ModelConfig;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;

class KernelLaunchesTest {
    @Test
    void everyKernelIsThereAndRuns() {
        ModelConfig tiny = new ModelConfig("tiny", 8, 3, 2, 32, 4, 2, 3, 4, 6, 0);
        try (Backend backend = Backends.jvm(2)) {
            var launches = KernelLaunches.of(backend, tiny, 2);
            assertEquals(
                    Arrays.stream(Kernels.class.getMethods())
                            .map(Method::getName)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    new TreeSet<>(launches.keySet()));
            launches.forEach((name, launch) -> backend.record(name, launch).run());
        }
    }
}
