package dev.getj.kernels.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

class DryBackendTest {
    private final DryBackend backend = new DryBackend();

    @Test
    void bytesAreCountedByType() {
        backend.allocate(2, 3);
        assertEquals(24, backend.bytes());
        backend.allocate(DType.BF16, 5);
        backend.allocateInts(2);
        assertEquals(24 + 10 + 8, backend.bytes());
    }

    @Test
    void programsAreWrittenDownAndNothingIsComputed() {
        Tensor tensor = backend.allocate(2);
        Program fill = backend.record("fill", k -> k.fill(7, tensor));
        assertEquals(List.of(), backend.programsRun());
        fill.run();
        fill.run();
        assertEquals(List.of(fill, fill), backend.programsRun());
        assertArrayEquals(new float[2], tensor.get());
    }

    @Test
    void operationsAreCheckedAsElsewhere() {
        Tensor tensor = backend.allocate(2);
        assertThrows(
                IllegalArgumentException.class,
                () -> backend.record("bad", k -> k.copy(tensor, tensor)));
    }
}
