package dev.getj.kernels.tornado.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;
import dev.getj.kernels.tornado.runtime.Geometry;

import org.junit.jupiter.api.Test;

/** A grid has at most 65535 work-groups along y. */
class ManyRowsTest {
    private static final int ROWS = 65_600;

    private static float[] normals(Backend backend) {
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        key.set(new int[] {1, 2, 3, 4, 0});
        Tensor y = backend.allocate(ROWS, 3);
        backend.record("draw", k -> k.normal(key, y)).run();
        return y.get();
    }

    @Test
    void normalsHaveAnyNumberOfRows() {
        try (Backend jvm = Backends.jvm(1)) {
            assertArrayEquals(
                    normals(jvm), normals(new EmulatedBackend(EmulatedBackend.Tiles.SMALL)), 1e-5f);
        }
    }

    @Test
    void whatNoGridHasIsRefused() {
        assertEquals(65_535, Geometry.items(1, 65_535).globalY());
        assertEquals(
                "a grid has at most 65535 work-groups along y and z, not 65536 and 1",
                assertThrows(IllegalArgumentException.class, () -> Geometry.items(1, 65_536))
                        .getMessage());
    }

    @Test
    void gradientsOfInjectionsHaveRowsOfWholeWords() {
        Backend backend = new EmulatedBackend(EmulatedBackend.Tiles.SMALL);
        Tensor dY = backend.allocate(DType.BF16, 4, 6);
        Tensor dInjection = backend.allocate(4, 8);
        assertEquals(
                "gradients of 16 bits have rows of a multiple of 4 numbers on a device, not 6",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        backend.record(
                                                "injection",
                                                k -> k.injectionBackward(dY, dInjection, 0, null)))
                        .getMessage());
    }
}
