package dev.getj.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Checks of what lies under a name before it is opened: a pipe would wait for another process. */
public final class RegularFile {
    private RegularFile() {}

    /**
     * Lets a file pass that does not exist, which opening it tells.
     *
     * @throws GetjException if there is something that is neither a regular file nor a link to one
     */
    public static void require(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new GetjException(
                    "cannot read %s: it is %s, not a regular file"
                            .formatted(
                                    path,
                                    Files.isDirectory(path) ? "a folder" : "a pipe or a device"));
        }
    }

    /**
     * Content of a small file, such as settings: what is larger is something else, and must not
     * fill the heap.
     *
     * @param most bytes
     * @throws GetjException if it cannot be read, is no regular file, or larger
     */
    public static byte[] read(Path path, int most) {
        require(path);
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(most);
            if (in.read() >= 0) {
                throw new GetjException(
                        "cannot read %s: it has more than the %s bytes that such a file can have"
                                .formatted(path, most));
            }
            return content;
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    /** The same as text in UTF-8. */
    public static String readText(Path path, int most) {
        return new String(read(path, most), StandardCharsets.UTF_8);
    }

    /**
     * A file inside a folder, to be written.
     *
     * @param names of folders and at last the file, each inside the one before
     * @throws GetjException if one of them is a link that leads out of the folder or nowhere, or
     *     there is something else than a file
     */
    public static Path inside(Path folder, String... names) {
        Path file = folder;
        for (String name : names) {
            file = file.resolve(name);
            if (Files.isSymbolicLink(file) && !leadsInto(folder, file)) {
                throw new GetjException(
                        "cannot write %s: it is a link that leads out of %s; delete it, or make the whole folder a link"
                                .formatted(file, folder));
            }
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file)) {
            throw new GetjException(
                    "cannot write %s: it is %s"
                            .formatted(
                                    file,
                                    Files.isDirectory(file) ? "a folder" : "not a regular file"));
        }
        return file;
    }

    private static boolean leadsInto(Path folder, Path link) {
        try {
            return link.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException _) {
            return false;
        }
    }
}
