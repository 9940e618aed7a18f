package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files below a folder or in a zip archive. Names are relative, with {@code /} between their
 * parts. Threads may read at the same time.
 */
sealed interface PictureFiles extends AutoCloseable permits FolderFiles, ZipFiles {
    /** What was opened, for messages. */
    String name();

    /** Names of files; what lies in hidden folders may lack. */
    List<String> files();

    /** Names of folders, hidden ones too. */
    List<String> folders();

    /** What this form of storage made necessary to leave out or to say. */
    DataSummary remarks();

    /** A file's name for messages. */
    String label(String file);

    /**
     * Content of a file.
     *
     * @throws GetjException if it cannot be read or has more than {@code limit} bytes
     */
    byte[] read(String file, long limit);

    @Override
    void close();

    /**
     * @param part folder inside to take instead of all; null for all
     * @throws GetjException if it is neither folder nor zip archive
     */
    static PictureFiles open(Path path, String part) {
        if (Files.isDirectory(path)) {
            return FolderFiles.open(path, part);
        }
        RegularFile.require(path);
        byte[] head = new byte[4];
        try (InputStream in = Files.newInputStream(path)) {
            if (in.readNBytes(head, 0, head.length) == head.length
                    && head[0] == 'P'
                    && head[1] == 'K') {
                return ZipFiles.open(path, part);
            }
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
        throw new GetjException(
                path
                        + " is neither a folder nor a zip archive; unpack other archives, or make a"
                        + " zip of them");
    }

    /** True for names that systems and tools leave behind: they begin with a dot, or are known. */
    static boolean isHidden(String name) {
        return name.startsWith(".")
                || switch (name) {
                    case "__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN" -> true;
                    default -> false;
                };
    }
}
