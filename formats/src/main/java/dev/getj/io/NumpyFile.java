package dev.getj.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Arrays that NumPy saved: an {@code .npz} archive, or a single {@code .npy}, whose array is called
 * {@code arr_0} as {@code numpy.savez} would. Arrays that are not compressed lie in the mapped file
 * until they are read; compressed ones are unpacked to the heap when asked for. Threads may read at
 * the same time.
 */
public final class NumpyFile implements AutoCloseable {
    private static final String SUFFIX = ".npy";

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final ZipArchive archive;
    private final Map<String, ZipArchive.Entry> arrays;

    private NumpyFile(Path path, Arena arena, MemorySegment file) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        Map<String, ZipArchive.Entry> found = new LinkedHashMap<>();
        if (ZipArchive.begins(file)) {
            archive = ZipArchive.open(path.toString(), file);
            for (ZipArchive.Entry entry : archive.entries().values()) {
                if (entry.name().endsWith(SUFFIX)) {
                    String name = entry.name();
                    found.put(name.substring(0, name.length() - SUFFIX.length()), entry);
                }
            }
            if (found.isEmpty()) {
                throw new GetjException(path + " is a zip archive without NumPy arrays");
            }
            requireRoom(found.values());
        } else if (NpyHeader.begins(file)) {
            archive = null;
            found.put("arr_0", null);
        } else {
            FileKind kind = FileKind.of(file);
            throw new GetjException(
                    path
                            + " is not a NumPy file: it is "
                            + (kind.isForeign()
                                    ? kind.text()
                                    : "neither an npz archive nor an npy array"));
        }
        arrays = Collections.unmodifiableMap(found);
    }

    /**
     * Maps a file and reads its directory.
     *
     * @throws GetjException naming the file and what is wrong with it
     */
    public static NumpyFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new GetjException("cannot read " + path + ": it is a folder, not an npz file");
        }
        Arena arena = Arena.ofShared();
        return MappedFile.open(path, arena, bytes -> new NumpyFile(path, arena, bytes));
    }

    /** True if a file is an npz archive or an npy array, by its first bytes and names. */
    public static boolean looksLike(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = MappedFile.map(path, arena);
            return ZipArchive.begins(file)
                    ? holdsArrays(path.toString(), file)
                    : NpyHeader.begins(file);
        }
    }

    /** Whether a zip archive holds an array by its name. */
    static boolean holdsArrays(String label, MemorySegment zip) {
        return ZipArchive.open(label, zip).entries().keySet().stream()
                .anyMatch(name -> name.endsWith(SUFFIX));
    }

    /** The file that was opened. */
    public Path path() {
        return path;
    }

    /** Names of the arrays, in the order of the archive. */
    public Set<String> names() {
        return arrays.keySet();
    }

    /** True if there is an array of this name. */
    public boolean has(String name) {
        return arrays.containsKey(name);
    }

    /**
     * An array.
     *
     * @throws GetjException if there is none of this name, it is damaged, or it holds something
     *     else than real numbers
     */
    public StridedTensor array(String name) {
        if (!has(name)) {
            throw new GetjException(
                    "%s holds no array '%s', only %s"
                            .formatted(path, name, String.join(", ", arrays.keySet())));
        }
        String label = path + ": array '" + name + "'";
        MemorySegment bytes = file;
        if (archive != null) {
            ZipArchive.Entry entry = arrays.get(name);
            archive.check(entry);
            bytes = archive.content(entry, Integer.MAX_VALUE - 16);
        }
        NpyHeader header = NpyHeader.parse(label, bytes);
        return header.array(label, bytes);
    }

    /** Compressed arrays may take up half of what Java may take up. */
    private void requireRoom(Collection<ZipArchive.Entry> entries) {
        long unpacked =
                entries.stream()
                        .filter(ZipArchive.Entry::compressed)
                        .mapToLong(ZipArchive.Entry::size)
                        .sum();
        long room = Runtime.getRuntime().maxMemory() / 2;
        if (unpacked > room) {
            throw new GetjException(
                    "%s would unpack to %s MiB, more than half of Java's %s; save it uncompressed with numpy.savez or raise the limit with -Xmx"
                            .formatted(path, unpacked >> 20, room >> 19));
        }
    }

    /** Unmaps the file; nothing may be read from it afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
