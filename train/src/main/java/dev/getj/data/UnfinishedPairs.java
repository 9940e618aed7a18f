package dev.getj.data;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * The claim on a folder in which a pair set is being made: {@code pairs-unfinished.json} says what
 * the set will be, so that who goes on with it makes the same; it is locked while somebody works on
 * it and deleted when the set is complete.
 */
final class UnfinishedPairs implements AutoCloseable {
    private static final String FILE = "pairs-unfinished.json";
    private static final String SHARDS = "pairs-[0-9]*.safetensors";
    private static final String TEMPORARY = ".pairs-*.tmp";

    private final Path folder;
    private final FileChannel claim;
    private final FileLock lock;

    private UnfinishedPairs(Path folder, FileChannel claim, FileLock lock) {
        this.folder = folder;
        this.claim = claim;
        this.lock = lock;
    }

    static boolean in(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /**
     * Claims {@code folder}. Shards of a set that was begun with the same description stay; without
     * such a set, shards that lie around are deleted.
     *
     * @throws GetjException if a set of another description was begun there, somebody else is
     *     working on it, or the folder cannot be written
     */
    static UnfinishedPairs claim(Path folder, PairsDescription description) {
        Path file = folder.resolve(FILE);
        boolean begun = Files.exists(file);
        if (!begun) {
            deleteShards(folder);
            description.writeUnfinished(file);
        }
        UnfinishedPairs claimed = lock(folder, file);
        try {
            if (begun) {
                requireSame(folder, PairsDescription.readUnfinished(file), description);
            }
            delete(folder, TEMPORARY);
            return claimed;
        } catch (RuntimeException e) {
            claimed.close();
            throw e;
        }
    }

    private static UnfinishedPairs lock(Path folder, Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new GetjException(
                        "another getj is making the pairs in "
                                + folder
                                + "; wait for it or choose another folder");
            }
            return new UnfinishedPairs(folder, channel, lock);
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static void requireSame(Path folder, PairsDescription begun, PairsDescription wanted) {
        Map<String, String> before = flat(begun);
        Map<String, String> now = flat(wanted);
        for (String key : before.keySet()) {
            now.putIfAbsent(key, "none");
        }
        now.forEach(
                (key, value) -> {
                    String was = before.getOrDefault(key, "none");
                    if (!was.equals(value)) {
                        throw new GetjException(
                                "%s holds an unfinished pair set whose %s is %s, not %s; give the same options or delete the folder"
                                        .formatted(folder, key, was, value));
                    }
                });
    }

    private static Map<String, String> flat(PairsDescription description) {
        Map<String, String> all = new TreeMap<>(description.settings());
        all.put("count", Long.toString(description.count()));
        all.put("channels", Integer.toString(description.channels()));
        all.put("size", Integer.toString(description.size()));
        all.put("classes", Integer.toString(description.classes()));
        all.put("seed", Long.toString(description.seed()));
        all.put("teacher", description.teacher());
        return all;
    }

    /** Ends the claim for good: the set is complete, or given up. */
    void delete() {
        close();
        try {
            Files.deleteIfExists(folder.resolve(FILE));
        } catch (IOException e) {
            throw GetjException.writing(folder.resolve(FILE), e);
        }
    }

    static void deleteShards(Path folder) {
        delete(folder, SHARDS);
    }

    private static void delete(Path folder, String pattern) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /** Lets go of the folder, so that somebody else can go on. */
    @Override
    public void close() {
        try {
            lock.close();
            claim.close();
        } catch (IOException e) {
            throw GetjException.writing(folder.resolve(FILE), e);
        }
    }
}
