package dev.getj.kernels.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

class SelfTestTest {
    private static final Backend JVM = new JvmBackend(2);

    @AfterAll
    static void close() {
        JVM.close();
    }

    @Test
    void theJvmBackendPassesAgainstTheOracle() {
        List<Integer> progress = new ArrayList<>();
        List<Outcome> outcomes = SelfTest.run(JVM, new ReferenceBackend(), progress::add);
        for (Outcome outcome : outcomes) {
            assertTrue(outcome.passed(), outcome.toString());
            assertTrue(outcome.error() < 1e-5, outcome.toString());
        }
        assertEquals(SelfTest.launches(), outcomes.size());
        assertEquals(outcomes.size(), progress.getLast());
        Set<String> covered =
                outcomes.stream()
                        .map(Outcome::kernel)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(kernels()), covered);
    }

    static List<String> kernels() {
        return Arrays.stream(Kernels.class.getMethods()).map(Method::getName).distinct().toList();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aKernelThatDoesNothingIsFound(String kernel) {
        List<Outcome> outcomes = SelfTest.run(new Broken(kernel, false), JVM, _ -> {});
        assertFalse(outcomes.stream().allMatch(Outcome::passed));
        for (Outcome outcome : outcomes) {
            assertFalse(outcome.passed() && outcome.kernel().equals(kernel), outcome.toString());
        }
        Outcome first = outcomes.stream().filter(o -> !o.passed()).findFirst().orElseThrow();
        assertEquals(kernel, first.kernel(), "the first that is off is the culprit");
    }

    @Test
    void aKernelThatThrowsIsNamedAndTheRestGoesOn() {
        List<Outcome> outcomes = SelfTest.run(new Broken("mix", true), JVM, _ -> {});
        List<Outcome> failed = outcomes.stream().filter(o -> !o.passed()).toList();
        assertEquals(1, failed.size());
        assertEquals("mix", failed.getFirst().kernel());
        assertEquals("java.lang.AssertionError: no code", failed.getFirst().failure());
    }

    @Test
    void notANumberIsNoPass() {
        assertFalse(new Outcome("fill", "3", Double.NaN, "").passed());
    }

    /** The JVM backend without one of its kernels. */
    private record Broken(String kernel, boolean throwing) implements Backend {
        @Override
        public Program record(String name, Consumer<Kernels> launches) {
            boolean broken = name.startsWith(kernel + " ");
            Program program = JVM.record(name, kernels -> launches.accept(without(kernels)));
            return broken && throwing ? new Throwing(name) : program;
        }

        private Kernels without(Kernels kernels) {
            return (Kernels)
                    Proxy.newProxyInstance(
                            Kernels.class.getClassLoader(),
                            new Class<?>[] {Kernels.class},
                            (_, method, arguments) -> {
                                if (method.getName().equals(kernel)) {
                                    return null;
                                }
                                try {
                                    return method.invoke(kernels, arguments);
                                } catch (InvocationTargetException thrown) {
                                    throw thrown.getCause();
                                }
                            });
        }

        @Override
        public String id() {
            return "broken";
        }

        @Override
        public String description() {
            return "without " + kernel;
        }

        @Override
        public Tensor allocate(int... shape) {
            return JVM.allocate(shape);
        }

        @Override
        public IntTensor allocateInts(int size) {
            return JVM.allocateInts(size);
        }

        @Override
        public void close() {}
    }

    private record Throwing(String name) implements Program {
        @Override
        public void run() {
            throw new AssertionError("no code");
        }
    }
}
