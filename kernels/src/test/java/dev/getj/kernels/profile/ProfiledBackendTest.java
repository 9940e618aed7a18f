package dev.getj.kernels.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.selftest.Outcome;
import dev.getj.kernels.selftest.SelfTest;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ProfiledBackendTest {
    private final List<String> told = new ArrayList<>();
    private final ProfileListener listener =
            new ProfileListener() {
                private long last = System.nanoTime();

                @Override
                public void computed(
                        String program, Cost cost, long start, long nanos, long device) {
                    assertEquals(0, device, "no clock of its own");
                    told.add(program + "/" + cost.operation());
                    inOrder(start, nanos);
                }

                @Override
                public void transfer(boolean upload, long bytes, long start, long nanos) {
                    told.add((upload ? "up " : "down ") + bytes);
                    inOrder(start, nanos);
                }

                private void inOrder(long start, long nanos) {
                    assertTrue(start - last >= 0 && nanos >= 0);
                    last = start + nanos;
                }
            };

    @Test
    void operationsAndTransfersAreToldAsTheyHappen() {
        try (Backend backend = new ProfiledBackend(new ReferenceBackend(), listener)) {
            Tensor both = backend.allocate(6);
            Tensor x = both.view(0, 3);
            Tensor y = both.view(3, 3);
            Program step =
                    backend.record(
                            "step",
                            k -> {
                                k.mix(2, x, 1, y);
                                k.add(y, x);
                            });
            assertEquals(List.of(), told);
            x.set(1, 2, 3);
            step.run();
            assertArrayEquals(new float[] {3, 6, 9, 2, 4, 6}, both.get());
            step.run();
            assertEquals(
                    List.of("up 24", "step/mix", "step/add", "down 48", "step/mix", "step/add"),
                    told);
            assertEquals("reference", backend.id());
        }
    }

    @Test
    void everyOperationComputesWhatItComputesUnprofiled() {
        try (Backend jvm = new JvmBackend(2);
                Backend profiled = new ProfiledBackend(new JvmBackend(2), listener)) {
            for (Outcome outcome : SelfTest.run(profiled, jvm, _ -> {})) {
                assertEquals(0, outcome.error(), outcome.toString());
                assertEquals("", outcome.failure());
            }
        }
    }

    @Test
    void operationsAreChecked() {
        try (Backend backend = new ProfiledBackend(new ReferenceBackend(), listener)) {
            Tensor x = backend.allocate(2);
            Tensor y = backend.allocate(3);
            assertThrows(
                    IllegalArgumentException.class, () -> backend.record("bad", k -> k.add(x, y)));
        }
    }
}
