package dev.getj.io.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.DType;
import dev.getj.io.StridedTensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Files that PyTorch wrote (see {@code make.py} beside them), read value for value. */
class TorchFileTest {
    private static final Path FILES = Path.of("src/test/resources/torch");

    private static TorchFile open(String name) {
        return TorchFile.open(FILES.resolve(name));
    }

    /** The value at a path of dict keys and list indices. */
    private static PyValue at(TorchFile file, Object... path) {
        PyValue value = file.root();
        for (Object step : path) {
            value =
                    switch (value) {
                        case PyValue.Dict dict ->
                                step instanceof Integer number
                                        ? dict.items().get(new PyValue.Int(number))
                                        : dict.get((String) step);
                        case PyValue.PyList list -> list.items().get((Integer) step);
                        case PyValue.Tuple tuple -> tuple.items().get((Integer) step);
                        case PyValue.Namespace names -> names.attributes().get((String) step);
                        default -> throw new AssertionError(step + " in " + value);
                    };
        }
        return value;
    }

    private static StridedTensor tensor(TorchFile file, Object... path) {
        return file.tensor("test", assertInstanceOf(PyValue.Tensor.class, at(file, path)));
    }

    private static void assertTensor(StridedTensor tensor, long[] shape, double... values) {
        assertArrayEquals(shape, tensor.shape());
        assertArrayEquals(values, tensor.doubles());
    }

    private static double[] range(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }

    private static long[] shape(long... shape) {
        return shape;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "zip_protocol4.pt", "no_sums.pt", "legacy.pt"})
    void everyTypeIsRead(String name) {
        Map<String, DType> types =
                Map.of(
                        "float32", DType.F32,
                        "float64", DType.F64,
                        "float16", DType.F16,
                        "bfloat16", DType.BF16,
                        "int64", DType.I64,
                        "int32", DType.I32,
                        "int16", DType.I16,
                        "int8", DType.I8,
                        "uint8", DType.U8,
                        "bool", DType.BOOL);
        try (TorchFile file = open(name)) {
            types.forEach(
                    (type, dtype) -> {
                        StridedTensor tensor = tensor(file, "types", type);
                        assertEquals(dtype, tensor.dtype());
                        if (dtype.isFloat()) {
                            assertTensor(tensor, shape(5), 0, 1, 2, 3, 100);
                            assertArrayEquals(new float[] {0, 1, 2, 3, 100}, tensor.floats());
                        } else {
                            boolean bool = dtype == DType.BOOL;
                            assertArrayEquals(
                                    bool ? shape(0, 1, 1, 1, 1) : shape(0, 1, 2, 3, 100),
                                    tensor.longs());
                        }
                    });
        }
    }

    @Test
    void lateTypesAreRead() {
        try (TorchFile file = open("late_types.pt")) {
            assertArrayEquals(shape(0, 1, 2, 3, 100), tensor(file, "uint16").longs());
            assertArrayEquals(shape(0, 1, 2, 3, 100), tensor(file, "uint32").longs());
            assertArrayEquals(shape(0, 1, 2, 3, 100), tensor(file, "uint64").longs());
            assertArrayEquals(
                    new float[] {0, 1, 2, 3, 96},
                    tensor(file, "float8_e5m2").floats(),
                    "100 rounds to 96");
            assertArrayEquals(
                    new float[] {0, 1, 2, 3, 104}, tensor(file, "float8_e4m3fn").floats(), 8f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "zip_protocol4.pt", "no_sums.pt", "legacy.pt"})
    void viewsAreReadRowMajor(String name) {
        try (TorchFile file = open(name)) {
            assertTensor(
                    tensor(file, "views", "transposed"),
                    shape(6, 4),
                    IntStream.range(0, 24).mapToDouble(i -> i % 4 * 6 + i / 4).toArray());
            assertTensor(tensor(file, "views", "part"), shape(2, 3), 8, 9, 10, 14, 15, 16);
            assertTensor(
                    tensor(file, "views", "every_second"),
                    shape(4, 3),
                    IntStream.range(0, 12).mapToDouble(i -> i * 2).toArray());
            assertTensor(tensor(file, "views", "expanded"), shape(2, 3), 1, 1, 1, 2, 2, 2);
            assertTensor(tensor(file, "views", "scalar"), shape(), 3.25);
            assertTensor(tensor(file, "views", "empty"), shape(0, 3));
            assertTensor(tensor(file, "views", "column"), shape(4), 3, 9, 15, 21);
            StridedTensor permuted = tensor(file, "views", "permuted");
            assertArrayEquals(shape(4, 2, 3), permuted.shape());
            assertArrayEquals(
                    IntStream.range(0, 24)
                            .mapToLong(i -> i / 3 % 2 * 12 + i % 3 * 4 + i / 6)
                            .toArray(),
                    permuted.longs());
            long[] part = new long[9];
            permuted.longs(7, part, 2, 5);
            assertArrayEquals(shape(0, 0, 5, 9, 13, 17, 21, 0, 0), part);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "zip_protocol4.pt", "no_sums.pt", "legacy.pt"})
    void containersAndScalarsAreRead(String name) {
        try (TorchFile file = open(name)) {
            assertArrayEquals(shape(1), tensor(file, "nested", 0, 0).longs());
            assertArrayEquals(shape(2), tensor(file, "nested", 0, 1, "deep", 0).longs());
            assertEquals(new PyValue.Str("text"), at(file, "nested", 1));
            assertSame(PyValue.None.NONE, at(file, "nested", 2));
            assertSame(PyValue.Bool.TRUE, at(file, "nested", 3));
            assertEquals(new PyValue.Int(7), at(file, "nested", 4));
            assertEquals(new PyValue.Int(-1), at(file, "nested", 5));
            assertEquals(new PyValue.Int(1L << 40), at(file, "nested", 6));
            assertEquals(new PyValue.BigInt(BigInteger.ONE.shiftLeft(80)), at(file, "nested", 7));
            assertEquals(new PyValue.Real(0.1), at(file, "nested", 8));
            assertArrayEquals(new byte[] {0, -1}, ((PyValue.Bytes) at(file, "nested", 9)).value());
            assertEquals(
                    new PyValue.Tuple(List.of(new PyValue.Int(2), new PyValue.Int(3))),
                    at(file, "nested", 10));
            assertEquals(
                    List.of(new PyValue.Str("b"), new PyValue.Str("a")),
                    List.copyOf(((PyValue.Dict) at(file, "ordered")).items().keySet()));
            assertEquals(new PyValue.Str("GET-T/2"), at(file, "args", "model"));
            assertEquals(new PyValue.Int(6), at(file, "args", "grad", 0));
            assertEquals(new PyValue.Str("cuda"), at(file, "args", "device"));
            assertTensor(tensor(file, 3), shape(1), 30);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "zip_protocol4.pt", "no_sums.pt", "legacy.pt"})
    void parametersModulesAndOptimisersAreRead(String name) {
        try (TorchFile file = open(name)) {
            assertTensor(tensor(file, "parameter"), shape(2), 1.5, -2.5);
            assertTensor(tensor(file, "attributed"), shape(1), 7);
            // AdamW: weights decay by 0.5·0.01, then move by the rate against the gradient's sign
            assertArrayEquals(
                    new float[] {-1.495f, 0.495f}, tensor(file, "model", "bias").floats(), 1e-6f);
            assertEquals(new PyValue.Real(0.5), at(file, "opt", "param_groups", 0, "lr"));
            assertTensor(tensor(file, "opt", "state", 0, "step"), shape(), 1);
            assertArrayEquals(
                    new float[] {.1f, .1f, .1f, .1f, .1f, .1f},
                    tensor(file, "opt", "state", 0, "exp_avg").floats(),
                    1e-8f);
        }
    }

    @Test
    void sharedStoragesAreOneAndContiguousTensorsKnowTheirPlace() {
        try (TorchFile file = open("zip.pt")) {
            StridedTensor one = tensor(file, "shared", 0);
            StridedTensor other = tensor(file, "shared", 1);
            assertEquals(file.position(one), file.position(other));
            assertTrue(file.position(one) > 0);
            assertEquals(-1, file.position(tensor(file, "views", "transposed")));
            assertNotEquals(-1, file.position(tensor(file, "views", "scalar")));
            assertTensor(one, shape(4, 6), range(24));
            file.check();
        }
    }

    @Test
    void theReferencesTensorsAreReadExactly() {
        try (TorchFile file = open("tensors.pt")) {
            assertTensor(
                    tensor(file, "t"),
                    shape(6, 4),
                    IntStream.range(0, 24).mapToDouble(i -> i % 4 * 6 + i / 4).toArray());
            assertTensor(tensor(file, "f64"), shape(4, 6), range(24));
            assertTensor(tensor(file, "half"), shape(4, 6), range(24));
            assertEquals(DType.F64, tensor(file, "f64").dtype());
            assertEquals(DType.F16, tensor(file, "half").dtype());
        }
    }
}
