package dev.getj.kernels.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Numbers of 16 bits: rounding, storage, cast, and the refusal of everything else. */
class DTypeTest {
    private static final List<Backend> BACKENDS =
            List.of(new JvmBackend(2), new ReferenceBackend());

    static List<Backend> backends() {
        return BACKENDS;
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @Test
    void bfloat16IsRoundedToNearestEven() {
        // 1 + 2⁻⁷ is the next bfloat16 after 1
        assertEquals(1, DType.BF16.round(1 + 0x1p-8), "halfway, down to even");
        assertEquals(1 + 0x1p-6, DType.BF16.round(1 + 0x1.8p-7), "halfway, up to even");
        assertEquals(1 + 0x1p-7, DType.BF16.round(1 + 0x1.1p-8));
        assertEquals(-1 - 0x1p-7, DType.BF16.round(-1 - 0x1.1p-8));
        assertEquals(Double.POSITIVE_INFINITY, DType.BF16.round(Float.MAX_VALUE));
        assertEquals(0x1p-133, DType.BF16.round(0x1p-133), "subnormal");
        assertTrue(Double.isNaN(DType.BF16.round(Float.intBitsToFloat(0x7f800001))));
        assertEquals(Double.NEGATIVE_INFINITY, DType.BF16.round(Double.NEGATIVE_INFINITY));
    }

    @Test
    void float16IsRoundedToNearestEven() {
        assertEquals(1, DType.F16.round(1 + 0x1p-11), "halfway, down to even");
        assertEquals(65504, DType.F16.round(65519));
        assertEquals(Double.POSITIVE_INFINITY, DType.F16.round(65520));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void storedAndCastRounded(Backend backend) {
        float[] values = new float[20_000];
        float[] rounded = new float[values.length];
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i) * (i % 300);
                rounded[i] = (float) type.round(values[i]);
            }
            Tensor wide = backend.allocate(values.length).set(values);
            Tensor back = backend.allocate(values.length);
            Tensor half = backend.allocate(type, values.length + 3).view(3, values.length);
            backend.record(
                            "there and back",
                            k -> {
                                k.cast(wide, half);
                                k.cast(half, back);
                            })
                    .run();
            assertArrayEquals(rounded, half.get());
            assertArrayEquals(rounded, back.get());
            half.set(values);
            assertArrayEquals(rounded, half.get());
            assertEquals(2, half.dtype().bytes());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void otherOperationsRefuseThem(Backend backend) {
        Tensor half = backend.allocate(DType.BF16, 4);
        Tensor wide = backend.allocate(4);
        IllegalArgumentException thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> backend.record("bad", k -> k.add(half, wide)));
        assertEquals("add: x is BF16, which only cast takes", thrown.getMessage());
    }

    @Test
    void theJvmBackendHasNoDoubles() {
        assertThrows(
                IllegalArgumentException.class, () -> BACKENDS.getFirst().allocate(DType.F64, 4));
    }
}
