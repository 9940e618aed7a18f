package dev.getj.eval;

import dev.getj.kernels.Backend;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Does a model give back images it has learnt from? Each sample is held against its nearest image
 * of the training data, in pixels. What is near is told by the data itself: a sample counts as a
 * copy if it is nearer to an image than 99 % of the (first 2000) images are to their nearest other.
 * Samples as diverse as the data then come out at about 1 %.
 *
 * @param copies share of the samples that are copies
 * @param distance mean distance of a sample to the nearest image
 * @param dataDistance mean distance of an image to the nearest other
 * @param nearest the samples with their nearest images, nearest first
 */
public record Memorisation(
        double copies, double distance, double dataDistance, List<Match> nearest) {
    /** A sample, the image nearest to it, and how far they are apart. */
    public record Match(int sample, int image, double distance) {}

    /** Share of the data that lies nearer together than what counts as a copy. */
    public static final double NEAR = 0.01;

    /** Images of the data whose own nearest neighbours are looked up. */
    private static final int LOOKED_AT = 2000;

    /**
     * Looks every sample up.
     *
     * @param samples [n, elements]
     * @param data [m, elements], m at least 2
     */
    public static Memorisation of(Backend backend, float[] samples, float[] data, int elements) {
        if (data.length / elements < 2) {
            throw new IllegalArgumentException("nearest neighbours need at least 2 images of data");
        }
        Distances distances = new Distances(backend, data, elements);
        int looked = Math.min(LOOKED_AT, data.length / elements);
        float[] some = Arrays.copyOf(data, looked * elements);
        double[] apart =
                matches(distances, some, data, elements, true).stream()
                        .mapToDouble(Match::distance)
                        .sorted()
                        .toArray();
        double threshold = apart[(int) (NEAR * apart.length)];
        List<Match> found = matches(distances, samples, data, elements, false);
        long copies = found.stream().filter(match -> match.distance < threshold).count();
        return new Memorisation(
                copies / (double) found.size(),
                found.stream().mapToDouble(Match::distance).average().orElseThrow(),
                Arrays.stream(apart).average().orElseThrow(),
                found.stream().sorted(Comparator.comparingDouble(Match::distance)).toList());
    }

    private static List<Match> matches(
            Distances distances, float[] queries, float[] data, int elements, boolean others) {
        Match[] found = new Match[queries.length / elements];
        distances.visit(
                queries,
                (i, squared) -> {
                    int nearest = others && i == 0 ? 1 : 0;
                    for (int j = 0; j < squared.length; j++) {
                        if (squared[j] < squared[nearest] && !(others && j == i)) {
                            nearest = j;
                        }
                    }
                    found[i] = new Match(i, nearest, exact(queries, i, data, nearest, elements));
                });
        return List.of(found);
    }

    // differences of pixels: exact where the images are the same
    private static double exact(float[] a, int i, float[] b, int j, int elements) {
        return Math.sqrt(
                IntStream.range(0, elements)
                        .mapToDouble(e -> (double) a[i * elements + e] - b[j * elements + e])
                        .map(difference -> difference * difference)
                        .sum());
    }
}
