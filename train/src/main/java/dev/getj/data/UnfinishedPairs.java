package dev.getj.data;

import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.io.TemporaryFiles;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder in which a pair set is being made, claimed by this process: {@code
 * pairs-unfinished.json} says what the set will be, so that it is finished as it was begun; it is
 * deleted when the set is complete.
 */
final class UnfinishedPairs implements AutoCloseable {
    private static final String FILE = "pairs-unfinished.json";
    private static final String SHARDS = "pairs-[0-9]*.safetensors";

    private final Path folder;
    private final Optional<Claim> claim;

    private UnfinishedPairs(Path folder, Optional<Claim> claim) {
        this.folder = folder;
        this.claim = claim;
    }

    static boolean in(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /**
     * Claims {@code folder}. Shards of a set that was begun with the same description stay.
     *
     * @param resumable whether the set is kept when its making is stopped
     * @throws GetjException if there is a finished set, one of another description was begun, or
     *     there are files of its names that belong to none; if another process is writing there, or
     *     the folder cannot be written
     */
    static UnfinishedPairs claim(Path folder, PairsDescription description, boolean resumable) {
        UnfinishedPairs claimed = new UnfinishedPairs(folder, Optional.of(Claim.take(folder)));
        try {
            claimed.begin(description, resumable);
            return claimed;
        } catch (RuntimeException | Error e) {
            claimed.close();
            throw e;
        }
    }

    /** A folder that another process has claimed and this one writes in, too. */
    static UnfinishedPairs claimedByAnother(Path folder) {
        return new UnfinishedPairs(folder, Optional.empty());
    }

    private void begin(PairsDescription description, boolean resumable) {
        TemporaryFiles.sweep(folder, name -> name.startsWith("pairs"));
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            PairsDescription.Unfinished begun = PairsDescription.readUnfinished(file);
            if (begun.resumable() != resumable) {
                throw new GetjException(
                        folder
                                + " holds an unfinished pair set; finish it with the command that"
                                + " began it, delete it or choose another folder");
            }
            requireSame(folder, begun.description(), description);
            return;
        }
        if (Files.exists(folder.resolve(PairsDescription.FILE))) {
            throw new GetjException(
                    folder + " already holds a pair set; delete it or choose another folder");
        }
        List<Path> foreign = shards();
        if (!foreign.isEmpty()) {
            throw new GetjException(
                    "%s holds %s, which is no part of a set that was begun here; move it away or choose another folder"
                            .formatted(folder, foreign.getFirst().getFileName()));
        }
        description.writeUnfinished(file, resumable);
    }

    private static void requireSame(Path folder, PairsDescription begun, PairsDescription wanted) {
        Map<String, String> before = begun.facts();
        Map<String, String> now = wanted.facts();
        for (String key : before.keySet()) {
            now.putIfAbsent(key, "none");
        }
        now.keySet().removeIf(key -> isNew(key) && !before.containsKey(key));
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

    // what earlier versions did not note
    private static boolean isNew(String key) {
        return key.endsWith(PairsDescription.SHA256) || key.endsWith(PairsDescription.PRECISION);
    }

    private List<Path> shards() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SHARDS)) {
            List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /** Deletes what there is of the set, to make it anew. */
    void deleteShards() {
        try {
            Files.deleteIfExists(folder.resolve(PairsDescription.FILE));
            for (Path shard : shards()) {
                Files.delete(shard);
            }
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /** Ends the work for good: the set is complete, or given up. */
    void end() {
        try {
            Files.deleteIfExists(folder.resolve(FILE));
        } catch (IOException e) {
            throw GetjException.writing(folder.resolve(FILE), e);
        }
    }

    /** Ends the claim, so that another process can finish the set. */
    @Override
    public void close() {
        claim.ifPresent(Claim::close);
    }
}
