package dev.getj.study;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The right to work in a folder, which one process has at a time. It ends with the process, however
 * that ends.
 */
final class Claim implements AutoCloseable {
    private static final String FILE = ".claim";

    private final Path file;
    private final FileChannel channel;

    private Claim(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Claims {@code folder}, which is made if it is not there.
     *
     * @return nothing if somebody else has it
     * @throws GetjException if the folder cannot be written
     */
    static Optional<Claim> take(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new Claim(file, channel));
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }
}
