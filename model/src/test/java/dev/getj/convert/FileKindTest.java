package dev.getj.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.FileKind;
import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.Printable;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.Suffix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What stands where weights were expected. */
class FileKindTest {
    @TempDir Path folder;

    private static byte[] bytes(String escaped) {
        String text = escaped == null ? "" : escaped.translateEscapes();
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "nothing",
            textBlock =
                    """
                    nothing                                        | EMPTY
                    <!DOCTYPE html><html>                          | HTML
                    `\\357\\273\\277\\r\\n <HTML lang=en>`         | HTML
                    <?xml version="1.0"?><Error>AccessDenied</Error> | HTML
                    version https://git-lfs.github.com/spec/v1\\noid sha256:12 | GIT_LFS
                    {"error": "not found"}                         | JSON
                    [1, 2]                                         | JSON
                    404: Not Found                                 | TEXT
                    \\037\\213\\10\\0\\0\\0\\0\\0                  | GZIP
                    \\3757zXZ\\0\\0                                | XZ
                    (\\265/\\375abc                                | ZSTD
                    BZh91AY                                        | BZIP2
                    \\211HDF\\r\\n\\032\\n                         | HDF5
                    GGUF\\3\\0\\0\\0                               | GGUF
                    \\211PNG\\r\\n                                 | PICTURE
                    \\377\\330\\377\\340                           | PICTURE
                    \\200\\4\\225\\0\\0                            | PICKLE
                    \\200\\2\\212\\12l\\374\\234F\\371 j\\250P\\31. | TORCH_LEGACY
                    PK\\3\\4..                                     | ZIP
                    \\223NUMPY\\1\\0                               | NUMPY
                    \\10\\10\\22\\7pytorch                         | ONNX
                    \\2\\0\\0\\0\\0\\0\\0\\0{}                     | SAFETENSORS
                    \\1\\2\\3\\4                                   | UNKNOWN
                    """)
    void firstBytesTellWhatItIs(String escaped, FileKind kind) {
        assertEquals(kind, FileKind.of(MemorySegment.ofArray(bytes(escaped))));
    }

    @Test
    void aTarIsKnownByItsMark() {
        byte[] tar = new byte[1024];
        tar[0] = 'x';
        System.arraycopy(bytes("ustar"), 0, tar, 257, 5);
        assertEquals(FileKind.TAR, FileKind.of(MemorySegment.ofArray(tar)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    <html>quota</html>      | it is an HTML page, probably a failed download
                    \\037\\213\\10\\0\\0    | it is packed with gzip: unpack it with gunzip
                    \\211HDF\\r\\n\\032\\n  | it is an HDF5 file, as Keras writes
                    \\200\\2}q\\0.          | it is a plain Python pickle, which was not written by torch.save
                    """)
    void everyReaderOfWeightsSaysSo(String content, String what) throws IOException {
        Path file = Files.write(folder.resolve("net.pth"), bytes(content));
        for (Throwable refused :
                Arrays.asList(
                        assertThrows(GetjException.class, () -> NamedTensors.open(file)),
                        assertThrows(GetjException.class, () -> SafetensorsFile.open(file)),
                        assertThrows(GetjException.class, () -> NumpyFile.open(file)))) {
            assertTrue(refused.getMessage().contains(what), refused.getMessage());
        }
    }

    @Test
    void aTorchFileForTheSamplerIsToldWhatToDo() {
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () ->
                                SafetensorsFile.open(
                                        Path.of("../formats/src/test/resources/torch/zip.pt")));
        assertTrue(refused.getMessage().contains("rewrite it with getj convert"));
    }

    @Test
    void suffixesAreReadInAnyCase() {
        assertTrue(Suffix.is(Path.of("a", "NET.PTH"), ".pt", ".pth"));
        assertTrue(Suffix.is("x.SafeTensors", ".safetensors"));
        assertTrue(!Suffix.is(Path.of("pth"), ".pth"));
        assertTrue(!Suffix.is(Path.of("/"), ".pth"));
    }

    @Test
    void controlsOfATerminalBecomeVisible() {
        assertEquals(
                "a\\u001b[2Jb\\u009b2Jc\\u007fd\\u202ee f",
                Printable.line("a\u001b[2Jb\u009b2Jc\u007fd\u202ee\r\n\tf"));
        assertEquals("one\n\ttwo\\u0007", Printable.lines("one\r\n\ttwo\u0007".replace("\r", "")));
        assertEquals("Grüße, 図 🙂", Printable.line("Grüße, 図 🙂"));
        assertEquals("x \\u0000", new GetjException("x\n\0").getMessage());
    }
}
