package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a file is, by its first bytes: for messages that say what stands where weights were
 * expected. Nothing of it is trusted; the readers check what they read.
 */
public enum FileKind {
    EMPTY("empty"),
    SAFETENSORS("a safetensors file"),
    ZIP("a zip archive"),
    TORCH_ZIP(
            "a zip archive, as torch.save writes: rewrite it with getj convert FILE"
                    + " weights.safetensors"),
    TORCH_LEGACY("a file of torch.save: rewrite it with getj convert FILE weights.safetensors"),
    NUMPY("a file of NumPy: rewrite its arrays with getj convert FILE weights.safetensors"),
    PICKLE(
            "a plain Python pickle, which was not written by torch.save: load it in Python and save"
                    + " its state_dict() with torch.save"),
    HTML("an HTML page, probably a failed download: open it to see what the server said"),
    GIT_LFS("a Git LFS pointer, not the file itself: fetch that with git lfs pull"),
    JSON("JSON text, not weights"),
    TEXT("a text file, perhaps a failed download: open it to see what the server said"),
    GZIP("packed with gzip: unpack it with gunzip"),
    XZ("packed with xz: unpack it with unxz"),
    ZSTD("packed with zstd: unpack it with unzstd"),
    BZIP2("packed with bzip2: unpack it with bunzip2"),
    TAR("a tar archive: unpack it with tar -xf"),
    HDF5("an HDF5 file, as Keras writes: save the arrays with numpy.savez, or as safetensors"),
    ONNX("an ONNX model; getj pairs generate --teacher and getj eval take such, for files .onnx"),
    GGUF("a GGUF file of llama.cpp, whose networks are others"),
    PICTURE("a picture"),
    UNKNOWN("of a kind that is not known");

    /** Enough for every kind, a tar's mark at byte 257 and some text included. */
    private static final int HEAD = 512;

    private static final byte[] TORCH = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19
    };

    private static final long LONGEST_HEADER = 100_000_000;

    private final String text;

    FileKind(String text) {
        this.text = text;
    }

    /** What to say after "it is ": the kind, and what to do about it. */
    public String text() {
        return text;
    }

    /**
     * What is known to be something else than weights or arrays that getj reads, for a reader to
     * refuse in one line before it looks for damage.
     */
    public boolean isForeign() {
        return switch (this) {
            case SAFETENSORS, ZIP, TORCH_ZIP, TORCH_LEGACY, NUMPY, UNKNOWN -> false;
            case EMPTY,
                    PICKLE,
                    HTML,
                    GIT_LFS,
                    JSON,
                    TEXT,
                    GZIP,
                    XZ,
                    ZSTD,
                    BZIP2,
                    TAR,
                    HDF5,
                    ONNX,
                    GGUF,
                    PICTURE ->
                    true;
        };
    }

    /**
     * The kind of a file.
     *
     * @throws GetjException if it cannot be read or is no regular file
     */
    public static FileKind of(Path file) {
        RegularFile.require(file);
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD), Files.size(file));
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }

    /** The kind of what lies in memory. */
    public static FileKind of(MemorySegment file) {
        byte[] head = file.asSlice(0, Math.min(HEAD, file.byteSize())).toArray(JAVA_BYTE);
        return of(head, file.byteSize());
    }

    private static FileKind of(byte[] head, long size) {
        String latin = new String(head, StandardCharsets.ISO_8859_1);
        if (size == 0) {
            return EMPTY;
        }
        if (isSafetensors(head, size)) {
            return SAFETENSORS;
        }
        if (latin.startsWith("PK\3\4") || latin.startsWith("PK\5\6")) {
            return ZIP;
        }
        if (latin.startsWith(new String(TORCH, StandardCharsets.ISO_8859_1))) {
            return TORCH_LEGACY;
        }
        if (latin.startsWith("\u0093NUMPY")) {
            return NUMPY;
        }
        if (latin.startsWith("\u0080") && size > 1 && head[1] >= 2 && head[1] <= 5) {
            return PICKLE;
        }
        if (latin.startsWith("\u0089HDF\r\n")) {
            return HDF5;
        }
        if (latin.startsWith("GGUF")) {
            return GGUF;
        }
        if (latin.startsWith("\u0089PNG") || latin.startsWith("\u00ff\u00d8\u00ff")) {
            return PICTURE;
        }
        if (latin.startsWith("ustar", 257)) {
            return TAR;
        }
        if (isOnnx(head)) {
            return ONNX;
        }
        FileKind packed = packed(latin);
        return packed == UNKNOWN ? text(latin) : packed;
    }

    // eight bytes of a length that the file has, then an object
    private static boolean isSafetensors(byte[] head, long size) {
        if (head.length < Long.BYTES + 2 || head[Long.BYTES] != '{') {
            return false;
        }
        long header =
                MemorySegment.ofArray(head)
                        .get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        return header >= 2 && header <= LONGEST_HEADER;
    }

    // field 1, the version of the format, and then another field of a model
    private static boolean isOnnx(byte[] head) {
        return head.length > 8
                && head[0] == 8
                && head[1] > 0
                && head[1] < 32
                && (head[2] == 0x12 || head[2] == 0x1a || head[2] == 0x3a || head[2] == 0x42);
    }

    private static FileKind packed(String latin) {
        if (latin.startsWith("\u001f\u008b")) {
            return GZIP;
        }
        if (latin.startsWith("\u00fd7zXZ\0")) {
            return XZ;
        }
        if (latin.startsWith("\u0028\u00b5\u002f\u00fd")) {
            return ZSTD;
        }
        return latin.startsWith("BZh") ? BZIP2 : UNKNOWN;
    }

    private static FileKind text(String latin) {
        boolean marked = latin.startsWith("\u00ef\u00bb\u00bf");
        String text = (marked ? latin.substring(3) : latin).strip();
        if (text.length() < 2
                || text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')) {
            return UNKNOWN;
        }
        String small = text.toLowerCase(Locale.ROOT);
        if (small.startsWith("version https://git-lfs")) {
            return GIT_LFS;
        }
        if (small.startsWith("<")) {
            return HTML;
        }
        if (text.startsWith("{") || text.startsWith("[")) {
            return JSON;
        }
        return text.chars().allMatch(c -> c < 127) ? TEXT : UNKNOWN;
    }
}
