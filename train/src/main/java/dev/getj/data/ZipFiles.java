package dev.getj.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.getj.io.GetjException;
import dev.getj.io.MappedFile;
import dev.getj.io.ZipArchive;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files of a zip archive, read in place. Where everything lies in one folder, as archives made
 * of a folder have it, the names begin inside it.
 */
final class ZipFiles implements PictureFiles {
    private final Path path;
    private final Arena arena;
    private final ZipArchive archive;
    private final String base;
    private final boolean stripped;
    private final List<String> files = new ArrayList<>();
    private final Set<String> folders = new LinkedHashSet<>();

    private ZipFiles(Path path, Arena arena, MemorySegment file, String part) {
        this.path = path;
        this.arena = arena;
        archive = ZipArchive.open(path.toString(), file);
        Map<String, ZipArchive.Entry> entries = archive.entries();
        String only = part == null ? onlyFolder(entries) : part.replaceFirst("/+$", "") + "/";
        base = only == null ? "" : only;
        stripped = part == null && only != null;
        for (String name : entries.keySet()) {
            if (!name.startsWith(base) || name.length() == base.length()) {
                continue;
            }
            String relative = name.substring(base.length());
            for (int at = relative.indexOf('/'); at >= 0; at = relative.indexOf('/', at + 1)) {
                folders.add(relative.substring(0, at));
            }
            if (!relative.endsWith("/")) {
                files.add(relative);
            }
        }
        if (part != null && files.isEmpty() && folders.isEmpty()) {
            throw new GetjException(
                    "%s holds no folder %s; part names a folder inside".formatted(path, part));
        }
    }

    static ZipFiles open(Path path, String part) {
        Arena arena = Arena.ofShared();
        return MappedFile.open(path, arena, bytes -> new ZipFiles(path, arena, bytes, part));
    }

    /** The folder in which everything lies that is not hidden, with {@code /}; or null. */
    private static String onlyFolder(Map<String, ZipArchive.Entry> entries) {
        String only = null;
        for (String name : entries.keySet()) {
            int end = name.indexOf('/');
            String first = end < 0 ? name : name.substring(0, end);
            if (PictureFiles.isHidden(first)) {
                continue;
            }
            if (end < 0 || only != null && !name.startsWith(only)) {
                return null;
            }
            only = first + "/";
        }
        return only;
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public List<String> folders() {
        return List.copyOf(folders);
    }

    @Override
    public DataSummary remarks() {
        return new DataSummary(
                name(),
                0,
                0,
                List.of(),
                stripped ? List.of("inside its folder " + base) : List.of(),
                List.of());
    }

    @Override
    public String label(String file) {
        return path + "/" + base + file;
    }

    @Override
    public byte[] read(String file, long limit) {
        ZipArchive.Entry entry = archive.entries().get(base + file);
        if (entry.size() > limit) {
            throw new GetjException(
                    "%s is too large: more than %s MiB".formatted(label(file), limit >> 20));
        }
        archive.check(entry);
        return archive.content(entry, limit).toArray(JAVA_BYTE);
    }

    @Override
    public void close() {
        arena.close();
    }
}
