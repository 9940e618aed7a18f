package dev.getj.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file completely or not at all: the content goes to a temporary file beside the target,
 * is forced to the disk, and takes the target's name in one step. A reader of the target sees the
 * old content or the new, never a part.
 */
public final class AtomicFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFile() {}

    /** Produces a file's bytes. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** As {@link #write(Path, Content)}, for content that is already there. */
    public static void write(Path target, byte[] content) {
        write(target, out -> out.write(content));
    }

    /**
     * Writes {@code target}; folders that are missing on the way to it are made. A symbolic link is
     * followed. If anything fails, an exception from {@code content} included, the temporary file
     * is deleted and the target stays as it was; one that a process left which was killed is
     * deleted first.
     *
     * @throws GetjException if the target is not a regular file or cannot be written, a full disk
     *     included
     */
    public static void write(Path target, Content content) {
        Path temporary = null;
        try {
            Path file =
                    Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new GetjException(
                        "cannot write "
                                + target
                                + ": it is "
                                + (Files.isDirectory(file) ? "a folder" : "not a regular file"));
            }
            Path folder = file.getParent();
            Files.createDirectories(folder);
            TemporaryFiles.sweepOf(file);
            temporary = TemporaryFiles.beside(file);
            writeAndForce(temporary, content);
            take(temporary, file);
            temporary = null;
        } catch (IOException e) {
            throw GetjException.writing(target, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /**
     * Makes {@code target} another name of {@code file}, or a copy of it where a file cannot have
     * two names. What {@code target} was before, a symbolic link included, is replaced in one step.
     *
     * @throws GetjException if it cannot be written
     */
    public static void link(Path file, Path target) {
        Path temporary = null;
        try {
            TemporaryFiles.sweepOf(target);
            temporary = TemporaryFiles.beside(target);
            try {
                Files.createLink(temporary, file);
            } catch (UnsupportedOperationException | FileSystemException noLinks) {
                writeAndForce(temporary, out -> Files.copy(file, out));
            }
            take(temporary, target);
            temporary = null;
        } catch (IOException e) {
            throw GetjException.writing(target, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /**
     * Gives a file that is complete its name, in one step.
     *
     * @throws GetjException if that cannot be done
     */
    public static void rename(Path file, Path target) {
        try {
            take(file, target);
        } catch (IOException e) {
            throw GetjException.writing(target, e);
        }
    }

    private static void take(Path temporary, Path name) throws IOException {
        Files.move(
                temporary,
                name,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        forceFolder(name.toAbsolutePath().getParent());
    }

    private static void writeAndForce(Path file, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            OutputStream out =
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    /**
     * Makes the rename itself durable. Not every system lets a folder be opened; the content is
     * safe without it.
     */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // Only the moment at which the new name becomes durable is left to the system.
        }
    }

    private static void deleteQuietly(Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException _) {
                // What made the write fail is the error to report.
            }
        }
    }
}
