package dev.getj.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import dev.getj.io.GetjException;
import dev.getj.io.torch.PyValue;
import dev.getj.io.torch.TorchFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Damaged and hostile torch files: one clear line each, nothing run, nothing exhausted. */
class HostileTorchTest {
    /** One float tensor; %s are offset, size and stride, storage 0 has ten elements. */
    private static final String TENSOR =
            "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
                    + "X\1\0\0\0000X\3\0\0\0cpuK\12tQ%s%s%s\u0089ccollections\nOrderedDict\n)RtR.";

    @TempDir Path folder;

    private Path zip(String pickle, byte[] storage) throws IOException {
        Path path = folder.resolve("hostile.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("x/data.pkl"));
            zip.write(("\u0080\2" + pickle).getBytes(StandardCharsets.ISO_8859_1));
            if (storage != null) {
                zip.putNextEntry(new ZipEntry("x/data/0"));
                zip.write(storage);
            }
        }
        return path;
    }

    private String refusal(String pickle) throws IOException {
        return refusal(zip(pickle, new byte[40]));
    }

    private static String refusal(Path path) {
        return assertThrows(GetjException.class, () -> NamedTensors.open(path).close())
                .getMessage()
                .replace(path.toString(), "FILE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cposix\\nsystem\\n(X\\2\\0\\0\\0idtR. | FILE, data.pkl, byte 2: the global posix.system is not allowed: only tensors and plain containers are read
                    cbuiltins\\neval\\n. | FILE, data.pkl, byte 2: the global builtins.eval is not allowed: only tensors and plain containers are read
                    cbuiltins\\ngetattr\\n. | FILE, data.pkl, byte 2: the global builtins.getattr is not allowed: only tensors and plain containers are read
                    c__builtin__\\nexec\\n. | FILE, data.pkl, byte 2: the global builtins.exec is not allowed: only tensors and plain containers are read
                    csubprocess\\nPopen\\n. | FILE, data.pkl, byte 2: the global subprocess.Popen is not allowed: only tensors and plain containers are read
                    cdatetime\\nsys\\n. | FILE, data.pkl, byte 2: the global datetime.sys is not allowed: only tensors and plain containers are read
                    \\214\\5torch\\214\\11os.system\\223. | FILE, data.pkl, byte 20: the global torch.os.system is not allowed: only tensors and plain containers are read
                    ctorch.hub\\nload\\n)R. | FILE, data.pkl, byte 19: it calls the function torch.hub.load, which is not allowed: nothing in a file is run
                    ctorch.hub\\nload\\nNR. | FILE, data.pkl, byte 19: it calls the function torch.hub.load, which is not allowed: nothing in a file is run
                    ctorch.nn\\nModule\\nNR. | FILE, data.pkl, byte 20: it calls torch.nn.Module without a tuple of arguments
                    (i__main__\\nX\\n. | FILE, data.pkl, byte 3: the operation INST (0x69) is not read: it is not needed for tensors
                    Pname\\n. | FILE, data.pkl, byte 2: the operation PERSID (0x50) is not read: it is not needed for tensors
                    ~. | FILE, data.pkl, byte 2: the operation of no name (0x7e) is not read: it is not needed for tensors
                    N)R. | FILE, data.pkl, byte 4: it calls something that cannot be called
                    ctorch\\nFloatStorage\\n)R. | FILE, data.pkl, byte 23: it calls something that cannot be called
                    . | FILE, data.pkl, byte 2: it takes a value where none is
                    N | FILE, data.pkl, byte 3: it ends in the middle
                    X\\377\\377\\377\\176 | FILE, data.pkl, byte 2: it ends in the middle
                    X\\377\\377\\377\\377 | FILE, data.pkl, byte 2: it would hold a string of 4294967295 bytes
                    h\\5. | FILE, data.pkl, byte 2: it recalls value 5, which was never kept
                    t. | FILE, data.pkl, byte 2: it goes back to a mark that was not set
                    NNa. | FILE, data.pkl, byte 4: it appends to something that is not a list
                    }]Ns. | FILE, data.pkl, byte 5: the key of a dict is neither a string nor a number
                    NNb. | FILE, data.pkl, byte 4: it gives an object a state that is not a dict
                    Ifour\\n. | FILE, data.pkl, byte 2: 'four' is not an integer
                    NQ. | FILE, data.pkl, byte 3: a storage is not described as PyTorch does
                    """)
    void whatIsNotNeededIsRefusedByNameAndPlace(String pickle, String message) throws IOException {
        assertEquals(message, refusal(pickle.translateEscapes()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    K\\0  | K\\13\\205            | K\\1\\205        | a tensor reaches to element 11 of a storage of 10
                    K\\5  | K\\6\\205             | K\\1\\205        | a tensor reaches to element 11 of a storage of 10
                    K\\0  | K\\2K\\2\\206         | K\\12K\\1\\206   | a tensor reaches to element 12 of a storage of 10
                    K\\0  | K\\2\\205             | )                | a tensor cannot be: it has 1 sizes, but 0 strides
                    K\\0  | J\\377\\377\\377\\377\\205 | K\\1\\205   | a size or stride of a tensor is not a whole number from 0
                    N     | K\\2\\205             | K\\1\\205        | a tensor has no offset
                    K\\0  | J\\0\\0\\0\\177J\\0\\0\\0\\177J\\0\\0\\0\\177\\207 | K\\0K\\0K\\0\\207 | a tensor cannot be: its size overflows
                    """)
    void viewsOutsideTheirStorageAreRefused(
            String offset, String size, String stride, String message) throws IOException {
        String pickle =
                TENSOR.formatted(
                        offset.translateEscapes(),
                        size.translateEscapes(),
                        stride.translateEscapes());
        String refusal = refusal(pickle);
        assertTrue(refusal.endsWith(": " + message), refusal);
    }

    @Test
    void storagesShorterThanPromisedAreRefused() throws IOException {
        String pickle = TENSOR.formatted("K\0", "K\12\u0085", "K\1\u0085");
        NamedTensors.open(zip(pickle, new byte[40])).close();
        assertEquals(
                "FILE: tensor 'tensor' is damaged: storage '0' should have 40 bytes, but has 39",
                refusal(zip(pickle, new byte[39])));
        assertEquals(
                "FILE: tensor 'tensor' is damaged: storage '0' is not in the file",
                refusal(zip(pickle, null)));
    }

    @Test
    void anExpandedTensorMayNotFillTheDisk() throws IOException {
        String huge = TENSOR.formatted("K\0", "J\0\0\0\u0010J\0\0\0\u0010\u0086", "K\0K\0\u0086");
        assertEquals(
                "FILE: tensor 'tensor', of shape [268435456, 268435456], repeats stored elements"
                        + " too often: more than 16 MiB out of a file of 1 kB; save copies, with"
                        + " tensor.clone()",
                refusal(huge));
    }

    @Test
    void compressedStoragesMayNotFillTheHeap() throws IOException {
        int bytes = 140 << 20;
        String one =
                "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nByteStorage\n"
                        + "X\1\0\0\000%sX\3\0\0\0cpuJ\0\0\u00c0\10tQK\0K\1\u0085K\1\u0085"
                        + "\u0089ccollections\nOrderedDict\n)RtR";
        Path path = folder.resolve("bomb.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.setLevel(1);
            zip.putNextEntry(new ZipEntry("x/data.pkl"));
            String pickle = "\u0080\2](" + one.formatted("0") + one.formatted("1") + "e.";
            zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
            for (String key : new String[] {"0", "1"}) {
                zip.putNextEntry(new ZipEntry("x/data/" + key));
                for (int written = 0; written < bytes; written += 1 << 20) {
                    zip.write(new byte[1 << 20]);
                }
            }
        }
        assertEquals(
                "FILE: 'x/data/1' would unpack to 146800640 bytes, more than the 121634816 that are"
                        + " read; store it uncompressed",
                refusal(path));
    }

    @Test
    void aListInItselfEndsTheWalk() throws IOException {
        assertTrue(refusal("]q\0h\0a.").contains("nests or repeats its containers too often"));
    }

    @Test
    void listsSharedOverAndOverEndTheWalk() throws IOException {
        StringBuilder pickle = new StringBuilder("]q\0");
        for (int level = 1; level < 60; level++) {
            pickle.append("(h").append((char) (level - 1)).append("h").append((char) (level - 1));
            pickle.append("lq").append((char) level);
        }
        assertTrue(refusal(pickle + ".").contains("nests or repeats its containers too often"));
    }

    @Test
    void deepNestingNeedsNoStack() throws IOException {
        int depth = 200_000;
        String pickle = "]".repeat(depth) + "a".repeat(depth - 1) + ".";
        assertTrue(refusal(pickle).contains("nests or repeats its containers too often"));
        assertTrue(
                refusal(")" + "\u0085".repeat(depth) + ".")
                        .contains("nests or repeats its containers too often"));
    }

    @Test
    void valuesAreCounted() throws IOException {
        assertTrue(
                refusal("(" + "}".repeat(3_000_000) + "l.")
                        .endsWith("it describes more than 2097152 values, or copies of them"));
    }

    @Test
    void realFilesWithMoreThanTensorsAreReadWithoutTheRest() {
        Path files = Path.of("../formats/src/test/resources/torch");
        try (TorchFile file = TorchFile.open(files.resolve("numpy_scalar.pt"))) {
            assertEquals(Set.of(), file.foreign());
        }
        try (TorchFile file = TorchFile.open(files.resolve("complex.pt"))) {
            assertEquals(Set.of("torch.ComplexFloatStorage"), file.foreign());
            assertInstanceOf(PyValue.Opaque.class, ((PyValue.Dict) file.root()).get("z"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "legacy.pt"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("../formats/src/test/resources/torch", name));
        Path cut = folder.resolve("cut.pt");
        for (int length = 0; length < whole.length; length += 1 + length / 97) {
            Files.write(cut, Arrays.copyOf(whole, length));
            String refusal = refusal(cut);
            assertFalse(refusal.contains("\n"), refusal);
        }
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        Path file = folder.resolve("other.pt");
        Files.write(file, new byte[0]);
        assertEquals(
                "FILE is not a torch file: it is empty",
                assertThrows(GetjException.class, () -> TorchFile.open(file))
                        .getMessage()
                        .replace(file.toString(), "FILE"));
        Files.write(file, new byte[] {(byte) 0x80, 2, ']', '.'});
        assertEquals(
                "FILE is not a torch file: it is a plain Python pickle, which was not written by"
                    + " torch.save: load it in Python and save its state_dict() with torch.save",
                assertThrows(GetjException.class, () -> TorchFile.open(file))
                        .getMessage()
                        .replace(file.toString(), "FILE"));
    }

    /** A pickle that says little, over and over: values, marks, memo entries, copied states. */
    @ParameterizedTest
    @ValueSource(strings = {"(", "N0", "q\0", "r\1\0\0\0", "h\1b", "h\2h\3\u0086R0", "h\5h\4N0s"})
    void whatIsRepeatedIsBounded(String repeated) throws IOException {
        StringBuilder pickle = new StringBuilder();
        // 1: a namespace, 2: OrderedDict, 3: a list of pairs, 4: a long key, 5: a dict
        pickle.append("cargparse\nNamespace\n)Rq\1");
        pickle.append("ccollections\nOrderedDict\nq\2");
        pickle.append("](");
        for (int i = 0; i < 100; i++) {
            pickle.append("K").append((char) i).append("N\u0086");
        }
        pickle.append("eq\3");
        pickle.append("X\0\0\1\0").append("k".repeat(1 << 16)).append("q\4}q\5N");
        String state = repeated.endsWith("b") ? stateOf(1000) : "";
        pickle.append(repeated.endsWith("b") ? "0h\1" + state : "");
        String once =
                switch (repeated) {
                    case "h\1b" -> "h\6b";
                    case "h\2h\3\u0086R0" -> "h\2h\3\u0085R0";
                    case "h\5h\4N0s" -> "h\5h\4Ns0";
                    default -> repeated;
                };
        pickle.append(once.repeat(once.equals(repeated) ? 3_000_000 : 500_000));
        long before = allocated();
        long begun = System.nanoTime();
        String refusal = refusal(pickle + ".");
        assertTrue(refusal.contains("more than 2097152 values, or copies of them"), refusal);
        assertTrue(allocated() - before < 1L << 29, "bytes " + (allocated() - before));
        assertTrue(System.nanoTime() - begun < 20_000_000_000L, "20 s are far too long");
    }

    private static String stateOf(int items) {
        StringBuilder state = new StringBuilder("}(");
        for (int i = 0; i < items; i++) {
            state.append("M").append((char) (i & 255)).append((char) (i >> 8)).append("N");
        }
        return state + "uq\6" + "0";
    }

    @Test
    void viewsOfOneStorageAreCountedTogether() throws IOException {
        StringBuilder pickle = new StringBuilder("](");
        String view =
                "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
                        + "X\1\0\0\0000X\3\0\0\0cpuJ\0\0\4\0tQK\0J\0\0\4\0\u0085K\1\u0085\u0089N"
                        + "tR";
        pickle.append(view.repeat(400)).append("e.");
        Path file = zip(pickle.toString(), new byte[1 << 20]);
        String refusal = refusal(file);
        assertTrue(
                refusal.contains("of shape [262144], repeats stored elements too often"), refusal);
        assertTrue(Files.size(file) < 20_000);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
