package dev.getj.data;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The layout in which the reference keeps pairs: {@code latent/<number>.pkl} and {@code
 * image/<number>.pkl}, the same numbers on both sides, in their order; see {@link ReferenceShard}
 * for the files.
 *
 * @param shards at least one
 */
record ReferencePairs(PairsDescription description, List<ReferenceShard> shards) {
    private static final String LATENT = "latent";
    private static final String IMAGE = "image";
    private static final String SUFFIX = ".pkl";

    /** True if a folder has the two folders of this layout. */
    static boolean at(Path folder) {
        return Files.isDirectory(folder.resolve(LATENT))
                && Files.isDirectory(folder.resolve(IMAGE));
    }

    /**
     * Reads the pickles of all files, not their data.
     *
     * @throws GetjException naming the file and what is wrong
     */
    static ReferencePairs open(Path folder) {
        List<String> numbers = numbers(folder.resolve(LATENT));
        List<String> images = numbers(folder.resolve(IMAGE));
        requireSame(folder, numbers, images, IMAGE);
        requireSame(folder, images, numbers, LATENT);
        if (numbers.isEmpty()) {
            throw new GetjException(
                    folder + " holds no pairs: its folder latent has no .pkl files");
        }
        List<ReferenceShard> shards = new ArrayList<>();
        long count = 0;
        for (String number : numbers) {
            Path latent = folder.resolve(LATENT).resolve(number + SUFFIX);
            ReferenceShard shard =
                    ReferenceShard.open(latent, folder.resolve(IMAGE).resolve(number + SUFFIX));
            if (!shards.isEmpty()) {
                requireAlike(shards.getFirst(), shard);
            }
            shards.add(shard);
            count += shard.count();
        }
        ReferenceShard first = shards.getFirst();
        try {
            return new ReferencePairs(
                    new PairsDescription(
                            count,
                            first.channels(),
                            first.size(),
                            first.classes(),
                            "unknown, in the reference's layout",
                            0,
                            Map.of()),
                    List.copyOf(shards));
        } catch (IllegalArgumentException e) {
            throw new GetjException(folder + " is not a pair set: " + e.getMessage(), e);
        }
    }

    /** Names without suffix, sorted as integers. */
    private static List<String> numbers(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d{1,30}\\.pkl"))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted(
                            Comparator.comparing((String name) -> new BigInteger(name))
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (IOException e) {
            throw GetjException.reading(folder, e);
        }
    }

    private static void requireSame(
            Path folder, List<String> present, List<String> others, String side) {
        Set<String> known = new HashSet<>(others);
        for (String number : present) {
            if (!known.contains(number)) {
                throw new GetjException(
                        "%s lacks %s/%s%s, the other half of its pairs"
                                .formatted(folder, side, number, SUFFIX));
            }
        }
    }

    private static void requireAlike(ReferenceShard first, ReferenceShard shard) {
        boolean alike =
                first.channels() == shard.channels()
                        && first.size() == shard.size()
                        && first.classes() == shard.classes();
        if (!alike) {
            throw new GetjException(
                    "%s holds pairs %s×%s×%s of %s classes, the files before it %s×%s×%s of %s"
                            .formatted(
                                    shard.noiseFile(),
                                    shard.size(),
                                    shard.size(),
                                    shard.channels(),
                                    shard.classes(),
                                    first.size(),
                                    first.size(),
                                    first.channels(),
                                    first.classes()));
        }
    }
}
