package dev.getj.io.torch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.getj.io.DType;
import dev.getj.io.FileKind;
import dev.getj.io.GetjException;
import dev.getj.io.MappedFile;
import dev.getj.io.StridedTensor;
import dev.getj.io.ZipArchive;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file that {@code torch.save} wrote, in the zip form or the legacy form before it. The pickle in
 * it is interpreted, never run: see {@link TorchGlobal} for all that it may name. The file is
 * mapped; tensors lie in the mapping until they are read. Only the thread that opened a file may
 * read from it.
 */
public final class TorchFile implements AutoCloseable {
    /** Bytes to which compressed parts, which PyTorch never makes, may unpack in all. */
    private static final long MAX_UNPACKED = 1 << 28;

    private static final int MAX_GROWTH = 16;

    private static final long MIN_GROWN = 1 << 24;

    /** Bytes to which a compressed pickle may unpack; real ones have some megabytes. */
    private static final long MAX_PICKLE = 1 << 26;

    /** How a legacy file begins: protocol 2 and the integer 0x1950a86a20f9469cfc6c. */
    private static final byte[] LEGACY = {
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

    private static final long LEGACY_VERSION = 1001;

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final ZipArchive archive;
    private final String folder;
    private final PyValue root;
    private final Map<String, MemorySegment> storages = new HashMap<>();
    private final Map<String, ZipArchive.Entry> records = new HashMap<>();
    private final Set<String> foreign = new LinkedHashSet<>();

    private long unpacked;

    private TorchFile(Path path, Arena arena, MemorySegment file) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        if (ZipArchive.begins(file)) {
            archive = ZipArchive.open(path.toString(), file);
            folder = folder();
            root = readZip();
        } else if (begins(file, LEGACY)) {
            archive = null;
            folder = "";
            root = readLegacy();
        } else {
            throw new GetjException(path + " is not a torch file: " + guess(file));
        }
    }

    /**
     * Maps a file and reads its pickle.
     *
     * @throws GetjException naming the file and what is wrong or not allowed in it
     */
    public static TorchFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new GetjException("cannot read " + path + ": it is a folder, not a torch file");
        }
        Arena arena = Arena.ofConfined();
        return MappedFile.open(path, arena, bytes -> new TorchFile(path, arena, bytes));
    }

    /** True if a file begins as one of the two forms does; its content is not looked at. */
    public static boolean looksLike(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = MappedFile.map(path, arena);
            return ZipArchive.begins(file) || begins(file, LEGACY);
        }
    }

    /** The file that was opened. */
    public Path path() {
        return path;
    }

    /** What was saved. */
    public PyValue root() {
        return root;
    }

    /**
     * Names of classes and functions in the file that getj does not know, such as those of training
     * arguments. What is held under them was not built: see {@link PyValue.Opaque}.
     */
    public Set<String> foreign() {
        return Collections.unmodifiableSet(foreign);
    }

    /**
     * A tensor of this file, lying in the mapping.
     *
     * @param name for error messages
     * @throws GetjException if its storage is not in the file, or shorter than it should be
     */
    public StridedTensor tensor(String name, PyValue.Tensor tensor) {
        TensorView view = tensor.view();
        String label = path + ": tensor '" + name + "'";
        StridedTensor found;
        try {
            found =
                    new StridedTensor(
                            label,
                            view.dtype(),
                            view.shape(),
                            view.strides(),
                            storage(label, view.storage()),
                            view.offset(),
                            ByteOrder.LITTLE_ENDIAN);
        } catch (IllegalArgumentException e) {
            throw new GetjException(label + " is damaged: " + e.getMessage(), e);
        }
        requireModest(found, 0);
        return found;
    }

    /**
     * Bounds what a file may grow to when its tensors are written: views can repeat a storage, and
     * expanded tensors an element, without end.
     *
     * @param tensor of this file
     * @param others bytes of the tensors before it
     * @throws GetjException if all are more than {@value #MAX_GROWTH} times the file and 16 MiB
     */
    public void requireModest(StridedTensor tensor, long others) {
        long most = MAX_GROWTH * file.byteSize() + MIN_GROWN;
        // a size fits 63 bits, its bytes may not
        if (tensor.size() > most || tensor.bytes() > most - others) {
            throw new GetjException(
                    "%s, of shape %s, repeats stored elements too often: more than %s MiB out of a file of %s kB; save copies, with tensor.clone()"
                            .formatted(
                                    tensor.label(),
                                    tensor.shapeText(),
                                    most >> 20,
                                    Math.ceilDiv(file.byteSize(), 1000)));
        }
    }

    /** Elements that the storage of a tensor has, which other tensors may share. */
    public long elements(PyValue.Tensor tensor) {
        return tensor.view().storage().bytes() / tensor.view().dtype().bytes();
    }

    /**
     * Where the bytes of a tensor of this file begin in the file, if they lie there one after the
     * other, row-major; otherwise −1.
     */
    public long position(StridedTensor tensor) {
        MemorySegment bytes = tensor.contiguous();
        return bytes != null && bytes.isMapped() ? bytes.address() - file.address() : -1;
    }

    /**
     * Compares the check sums of all tensors read so far with their bytes.
     *
     * @throws GetjException if one differs
     */
    public void check() {
        records.values().forEach(record -> archive.check(record));
    }

    private MemorySegment storage(String label, StorageName name) {
        MemorySegment bytes = storages.get(name.key());
        if (bytes == null && archive != null) {
            ZipArchive.Entry entry = archive.entries().get(folder + "data/" + name.key());
            if (entry != null) {
                records.put(name.key(), entry);
                bytes = archive.content(entry, MAX_UNPACKED - unpacked);
                unpacked += entry.compressed() ? entry.size() : 0;
                storages.put(name.key(), bytes);
            }
        }
        if (bytes == null) {
            throw new GetjException(
                    "%s is damaged: storage '%s' is not in the file".formatted(label, name.key()));
        }
        if (bytes.byteSize() < name.bytes()) {
            throw new GetjException(
                    "%s is damaged: storage '%s' should have %s bytes, but has %s"
                            .formatted(label, name.key(), name.bytes(), bytes.byteSize()));
        }
        return bytes;
    }

    private PyValue valueOf(Pickle.Result pickle) {
        foreign.addAll(pickle.foreign());
        return pickle.value();
    }

    // ---- zip form ------------------------------------------------------------------------------

    private PyValue readZip() {
        ZipArchive.Entry pickle = archive.entries().get(folder + "data.pkl");
        ZipArchive.Entry order = archive.entries().get(folder + "byteorder");
        if (order != null) {
            String text =
                    new String(
                            archive.content(order, 16).toArray(JAVA_BYTE),
                            StandardCharsets.US_ASCII);
            if (!text.strip().equals("little")) {
                throw new GetjException(
                        "%s has the byte order '%s'; only little-endian files are read"
                                .formatted(path, text.strip()));
            }
        }
        archive.check(pickle);
        return valueOf(Pickle.read(path + ", data.pkl", archive.content(pickle, MAX_PICKLE), 0));
    }

    /** The folder in the archive that holds everything, with its slash. */
    private String folder() {
        List<String> pickles =
                archive.entries().keySet().stream()
                        .filter(name -> name.endsWith("/data.pkl") || name.equals("data.pkl"))
                        .toList();
        if (pickles.size() != 1) {
            throw new GetjException(
                    "%s is a zip archive, but not a torch file: it holds %s files data.pkl"
                            .formatted(path, pickles.size()));
        }
        String name = pickles.getFirst();
        return name.substring(0, name.length() - "data.pkl".length());
    }

    // ---- legacy form ---------------------------------------------------------------------------

    /** Five pickles (magic, version, system, value, storage keys), then the storages. */
    private PyValue readLegacy() {
        Pickle.Result version = Pickle.read(path + ", version", file, LEGACY.length + 1);
        if (!version.value().equals(new PyValue.Int(LEGACY_VERSION))) {
            throw new GetjException(path + " has a version of the legacy form that is not known");
        }
        Pickle.Result system = Pickle.read(path + ", system", file, version.end());
        if (system.value() instanceof PyValue.Dict dict
                && dict.get("little_endian") == PyValue.Bool.FALSE) {
            throw new GetjException(path + " is big-endian; only little-endian files are read");
        }
        Pickle.Result value = Pickle.read(path + ", pickle", file, system.end());
        Pickle.Result keys = Pickle.read(path + ", storage keys", file, value.end());
        if (!(keys.value() instanceof PyValue.PyList list)) {
            throw new GetjException(path + " is damaged: it has no list of storages");
        }
        long at = keys.end();
        for (PyValue key : list.items()) {
            if (!(key instanceof PyValue.Str(String name)) || !value.storages().containsKey(name)) {
                throw new GetjException(
                        path + " is damaged: a storage in it belongs to no tensor that is read");
            }
            DType dtype = value.storages().get(name).dtype();
            int width = dtype == null ? 1 : dtype.bytes();
            long room = file.byteSize() - at - Long.BYTES;
            long elements =
                    room < 0
                            ? -1
                            : file.get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
            if (elements < 0 || elements > room / width) {
                throw new GetjException(
                        "%s is damaged: storage '%s' reaches beyond its end".formatted(path, name));
            }
            storages.put(name, file.asSlice(at + Long.BYTES, elements * width));
            at += Long.BYTES + elements * width;
        }
        return valueOf(value);
    }

    private static boolean begins(MemorySegment file, byte[] with) {
        return file.byteSize() > with.length
                && Arrays.equals(file.asSlice(0, with.length).toArray(JAVA_BYTE), with);
    }

    private static String guess(MemorySegment file) {
        FileKind kind = FileKind.of(file);
        return switch (kind) {
            case TAR ->
                    "it is a tar archive, PyTorch's form before version 0.1.10; load and save it"
                            + " with a newer PyTorch";
            default ->
                    kind.isForeign() || kind == FileKind.SAFETENSORS
                            ? "it is " + kind.text()
                            : "it begins neither as a zip archive nor as the legacy form";
        };
    }

    /** Unmaps the file; nothing may be read from it afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
