package dev.getj.kernels.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

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
        assertEquals(SelfTest.examples(), outcomes.size());
        assertEquals(outcomes.size(), progress.getLast());
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
        assertEquals(List.of("mix"), failed.stream().map(Outcome::kernel).toList());
        assertEquals("java.lang.AssertionError: no code", failed.getFirst().failure());
    }

    @Test
    void notANumberIsNoPass() {
        assertFalse(new Outcome("fill", "3", Double.NaN, "").passed());
    }

    static List<String> kernels() {
        return Examples.small().stream().map(Example::operation).distinct().toList();
    }

    /** The JVM backend without one of its operations. */
    private record Broken(String kernel, boolean throwing) implements Backend {
        @Override
        public Program compile(String name, List<Operation> operations) {
            boolean broken = name.startsWith(kernel + " ");
            Program program =
                    JVM.compile(
                            name,
                            operations.stream().filter(op -> !op.name().equals(kernel)).toList());
            return broken && throwing ? new Throwing(name, operations) : program;
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
        public Tensor allocate(DType dtype, int... shape) {
            return JVM.allocate(dtype, shape);
        }

        @Override
        public IntTensor allocateInts(int size) {
            return JVM.allocateInts(size);
        }

        @Override
        public void close() {}
    }

    private record Throwing(String name, List<Operation> operations) implements Program {
        @Override
        public void run() {
            throw new AssertionError("no code");
        }
    }
}
