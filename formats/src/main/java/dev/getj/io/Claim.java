package dev.getj.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to write in a folder, which one process has at a time, and one part of it. The system
 * ends it with the process, however that ends: it is a lock on {@code .claim.lock}, beside which
 * {@code .claim} says in words who has it. Both are deleted with the claim; a process that is
 * killed leaves them, and the next claim takes them over. Links and pipes in their places are
 * refused.
 *
 * <p>On a file system that has no locks, folders are not protected, as a warning says.
 */
public final class Claim implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Claim.class.getName());
    private static final String LOCK = ".claim.lock";
    private static final String OWNER = ".claim";
    private static final int LONGEST_OWNER = 1000;
    private static final int ATTEMPTS = 20;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Path folder;
    private final boolean made;
    private final FileChannel channel;

    private Claim(Path folder, boolean made, FileChannel channel) {
        this.folder = folder;
        this.made = made;
        this.channel = channel;
    }

    /** Names of the files of a claim, for who looks at what else is in a folder. */
    public static boolean isFile(Path file) {
        String name = file.getFileName().toString();
        return name.equals(LOCK) || name.equals(OWNER);
    }

    /**
     * Claims {@code folder}, which is made if it is not there.
     *
     * @throws GetjException naming the process that has it; or if the folder cannot be written
     */
    public static Claim take(Path folder) {
        return tryTake(folder)
                .orElseThrow(
                        () ->
                                new GetjException(
                                        "%s is in use by %s; wait for it to end or choose another folder"
                                                .formatted(folder, owner(folder))));
    }

    /**
     * Claims {@code folder}, which is made if it is not there.
     *
     * @return nothing if another process or another part of this one has it
     * @throws GetjException if the folder cannot be written
     */
    public static Optional<Claim> tryTake(Path folder) {
        try {
            return takeIn(folder);
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /**
     * Some systems end all locks that a process has on a file when it closes any channel to it. So
     * the file of a claim that this process has is never opened: it is known by its owner's name.
     *
     * <p>An owner that ends its claim deletes the file. Who opened it before that locks a file that
     * is no longer there, sees so afterwards, and tries again.
     */
    private static synchronized Optional<Claim> takeIn(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        if (ownerText(folder).equals(self(folder))) {
            return Optional.empty();
        }
        boolean made = !Files.exists(folder);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Files.createDirectories(folder);
            Optional<Identity> before = identity(file);
            if (before.isEmpty()) {
                create(file);
                continue;
            }
            try (Opened opened = new Opened(file)) {
                if (!opened.lock()) {
                    return Optional.empty();
                }
                if (before.equals(identity(file))) {
                    writeOwner(folder);
                    return Optional.of(new Claim(folder, made, opened.keep()));
                }
            } catch (NoSuchFileException _) {
                // Its owner ended the claim just now.
            }
        }
        return Optional.empty();
    }

    /** The lock's file, closed unless it is kept. */
    private static final class Opened implements AutoCloseable {
        private final FileChannel channel;
        private boolean kept;

        Opened(Path file) throws IOException {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        }

        boolean lock() throws IOException {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException _) {
                return false;
            } catch (ClosedChannelException interrupted) {
                throw interrupted;
            } catch (IOException none) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "this file system has no locks: another process can write there, too",
                        none);
                return true;
            }
        }

        FileChannel keep() {
            kept = true;
            return channel;
        }

        @Override
        public void close() throws IOException {
            if (!kept) {
                channel.close();
            }
        }
    }

    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException | NoSuchFileException _) {
            // Another process was faster, or deletes the folder; what it left is seen next.
        }
    }

    /** Two files of the same name differ in this, one that took the other's place included. */
    private record Identity(Object key, FileTime created) {}

    private static Optional<Identity> identity(Path file) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                throw new GetjException("cannot write " + file + ": it is not a regular file");
            }
            return Optional.of(new Identity(found.fileKey(), found.creationTime()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static void writeOwner(Path folder) throws IOException {
        Path file = folder.resolve(OWNER);
        Files.deleteIfExists(file);
        Files.writeString(file, self(folder), StandardOpenOption.CREATE_NEW);
    }

    /**
     * This process, told from all others of this machine, now and before; and the folder, which may
     * be copied.
     */
    private static String self(Path folder) throws IOException {
        ProcessHandle process = ProcessHandle.current();
        return String.join(
                "\n",
                "process %s on %s".formatted(process.pid(), host()),
                "started " + process.info().startInstant().orElse(Instant.EPOCH),
                "in " + (Files.exists(folder) ? folder.toRealPath() : folder),
                "");
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "this machine";
        }
    }

    private static String ownerText(Path folder) {
        Path file = folder.resolve(OWNER);
        try {
            return Files.isRegularFile(file) && Files.size(file) < LONGEST_OWNER
                    ? Files.readString(file)
                    : "";
        } catch (IOException _) {
            return "";
        }
    }

    /** Who has the folder; an owner that has just claimed it may be about to write this. */
    private static String owner(Path folder) {
        for (int attempt = 0; attempt < ATTEMPTS && ownerText(folder).isEmpty(); attempt++) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        String process = ownerText(folder).lines().findFirst().orElse("");
        return process.isEmpty() ? "another getj" : "another getj, " + process;
    }

    /** The folder that is claimed. */
    public Path folder() {
        return folder;
    }

    /**
     * Ends the claim and deletes its files, once; and the folder, if the claim made it and it is
     * empty.
     */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(folder.resolve(OWNER));
            Files.deleteIfExists(folder.resolve(LOCK));
            if (made) {
                Files.delete(folder);
            }
        } catch (DirectoryNotEmptyException _) {
            // Something was made of it.
        } catch (IOException e) {
            throw GetjException.writing(folder.resolve(LOCK), e);
        }
    }
}
