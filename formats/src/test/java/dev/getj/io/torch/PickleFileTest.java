package dev.getj.io.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Plain pickles: NumPy's of every protocol, and those that Python 2 wrote, as CIFAR's are. */
class PickleFileTest {
    private static PyValue.Dict numpy(int protocol) {
        return assertInstanceOf(
                PyValue.Dict.class,
                PickleFile.read(
                        Path.of("src/test/resources/torch/numpy_%d.pkl".formatted(protocol))));
    }

    private static PyValue read(String pickle) {
        return PickleFile.read(
                "test",
                MemorySegment.ofArray(
                        pickle.translateEscapes().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static StridedTensor array(PyValue.Dict dict, String key) {
        return assertInstanceOf(PyValue.Array.class, dict.get(key)).tensor(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void arraysOfRealNumbersAreRead(int protocol) {
        PyValue.Dict value = numpy(protocol);
        StridedTensor rows = array(value, "rows");
        assertEquals(DType.F32, rows.dtype());
        assertArrayEquals(new long[] {2, 3}, rows.shape());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, rows.floats());
        assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, array(value, "columns").longs());
        assertArrayEquals(new long[] {1, 258}, array(value, "big").longs());
        assertArrayEquals(new long[] {1, 0}, array(value, "bool").longs());
        assertArrayEquals(new long[] {0, 3}, array(value, "empty").shape());
        assertArrayEquals(new long[] {9}, array(value, "single").longs());
        assertArrayEquals(new long[0], array(value, "single").shape());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void arraysOfOtherThingsAreKnownAsUnreadable(int protocol) {
        PyValue.Dict value = numpy(protocol);
        for (String name : List.of("objects", "text", "complex", "record")) {
            assertFalse(assertInstanceOf(PyValue.Array.class, value.get(name)).readable(), name);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void scalarsAndPythonsContainersAreRead(int protocol) {
        PyValue.Dict value = numpy(protocol);
        assertEquals(new PyValue.Real(2.5), value.get("scalar"));
        assertEquals(new PyValue.Int(-7), value.get("whole"));
        assertEquals(List.of(new PyValue.Int(3)), ((PyValue.PyList) value.get("set")).items());
        assertEquals(List.of(new PyValue.Int(4)), ((PyValue.PyList) value.get("frozen")).items());
        assertEquals(
                List.of(new PyValue.Int(1), new PyValue.Int(2)),
                ((PyValue.PyList) value.get("deque")).items());
        assertEquals(new PyValue.Int(1), ((PyValue.Dict) value.get("default")).get("a"));
        assertEquals(new PyValue.Int(2), ((PyValue.Dict) value.get("counter")).get("a"));
        assertArrayEquals(new byte[] {0, -1}, ((PyValue.Bytes) value.get("bytes")).value());
        assertEquals(new PyValue.Int(5), value.get("key"), "a key of bytes is one of text");
        assertEquals(new PyValue.Int(6), value.items().get(new PyValue.Real(0.5)));
        assertEquals(20, value.items().size(), "all but the one under a tuple");
    }

    /** As cPickle of Python 2 wrote data_batch_1, with two images of three bytes. */
    @Test
    void aBatchOfCifarIsRead() {
        PyValue.Dict batch =
                (PyValue.Dict)
                        read(
                                """
                                \\200\\2}q\\1(U\\13batch_labelq\\2U\\25training batch 1 of 5q\\3U\\6labelsq\\4]q\\5(K\\6K\\11eU\\4dataq\\6cnumpy.core.multiarray
                                _reconstruct
                                q\\7cnumpy
                                ndarray
                                q\\10K\\0\\205U\\1b\\207Rq\\11(K\\1K\\2K\\3\\206cnumpy
                                dtype
                                q\\12U\\2u1K\\0K\\1\\207Rq\\13(K\\3U\\1|NNNJ\\377\\377\\377\\377J\\377\\377\\377\\377K\\0tb\\211T\\6\\0\\0\\0;\\53\\62\\377\\0\\7tbU\\11filenamesq\\14]q\\15(U\\5a.pngU\\5b.pngeu.\
                                """
                                        .replace("\\\\", "\\"));
        StridedTensor data = array(batch, "data");
        assertEquals(DType.U8, data.dtype());
        assertArrayEquals(new long[] {2, 3}, data.shape());
        assertArrayEquals(new long[] {59, 43, 50, 255, 0, 7}, data.longs());
        assertEquals(
                List.of(new PyValue.Int(6), new PyValue.Int(9)),
                ((PyValue.PyList) batch.get("labels")).items());
        assertEquals(new PyValue.Str("training batch 1 of 5"), batch.get("batch_label"));
    }

    @Test
    void oldStringsAreTextWhereTheyAreValid() {
        assertEquals(new PyValue.Str("abc"), read("\\200\\2U\\3abc."));
        assertArrayEquals(
                new byte[] {'a', -1}, ((PyValue.Bytes) read("\\200\\2U\\2a\\377.")).value());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (K\\1K\\2\\205DTYPE\\211U\\2ab\\164b. | an array cannot be: it has 2 bytes instead of 2 elements F32
                    (K\\1J\\0\\0\\0\\177J\\0\\0\\0\\177J\\0\\0\\0\\177\\207DTYPE\\211U\\2ab\\164b. | an array cannot be: its size overflows
                    (K\\1J\\377\\377\\377\\377\\205DTYPE\\211U\\2ab\\164b. | an array cannot be: shape [-1] from element 0 cannot be
                    (K\\1N\\164b. | an array is not described as NumPy does
                    (K\\1K\\1\\205DTYPE\\211N\\164b. | an array has no bytes
                    """)
    void arraysThatCannotBeAreRefused(String state, String message) {
        String type = "cnumpy\\ndtype\\n(U\\2f4K\\0K\\1tR";
        String made =
                "cnumpy.core.multiarray\\n_reconstruct\\ncnumpy\\nndarray\\nK\\0\\205U\\1b\\207R"
                        + state.replace("DTYPE", type);
        String refusal = assertThrows(GetjException.class, () -> read(made)).getMessage();
        assertTrue(refusal.endsWith(": " + message), refusal);
    }
}
