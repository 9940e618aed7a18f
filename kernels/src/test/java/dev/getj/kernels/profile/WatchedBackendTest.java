package dev.getj.kernels.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Program;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class WatchedBackendTest {
    private final WatchedBackend backend = new WatchedBackend(new ReferenceBackend());

    @Test
    void theFirstOperationThatLeavesAnInfinityIsNamed() {
        Tensor x = backend.allocate(3).set(1, 60000, -3);
        Tensor y = backend.allocate(3);
        Tensor half = backend.allocate(DType.F16, 3);
        Program fine = backend.record("fine", k -> k.copy(x, y));
        Program beyond =
                backend.record(
                        "twice",
                        k -> {
                            k.add(x, y);
                            k.cast(y, half);
                            k.cast(half, y);
                        });
        Runnable both =
                () -> {
                    fine.run();
                    beyond.run();
                };
        assertEquals(Optional.empty(), backend.firstNotFinite(fine::run));
        assertEquals(Optional.of("cast of 'twice'"), backend.firstNotFinite(both));
        x.set(1, 2, 3);
        assertEquals(Optional.empty(), backend.firstNotFinite(both));
        assertEquals("twice", beyond.name());
        assertEquals(3, beyond.operations().size());
    }

    @Test
    void theRunIsTold() {
        Tensor x = backend.allocate(2);
        Program twice = backend.record("double", k -> k.add(x, x));
        assertEquals(
                Optional.of("add of 'double', run 2"),
                backend.firstNotFinite(
                        () -> {
                            x.set(1e38f, 1);
                            twice.run();
                            twice.run();
                            twice.run();
                        }));
    }

    @Test
    void anOperationAloneIsToldApart() {
        Tensor x = backend.allocate(2).set(1, 70000);
        Tensor half = backend.allocate(DType.F16, 2);
        Program cast = backend.record("round", k -> k.cast(x, half));
        assertEquals(Optional.of("cast of 'round'"), backend.firstNotFinite(cast::run));
        half.set(0, 0);
        // an unwatched run finds nothing, and the next search begins anew
        cast.run();
        assertEquals(Optional.empty(), backend.firstNotFinite(() -> {}));
    }
}
