package dev.getj.eval;

import dev.getj.kernels.Backend;

import java.util.Arrays;

/**
 * Are samples like the data, and is all of the data among them? Improved precision and recall
 * (Kynkäänniemi et al. 2019): the manifold of a set is the union of balls around its feature
 * vectors, each as wide as the distance to its third nearest neighbour.
 *
 * @param precision share of the samples that lie on the manifold of the data
 * @param recall share of the data that lies on the manifold of the samples
 */
public record PrecisionRecall(double precision, double recall) {
    /** The neighbour that a ball reaches to. */
    public static final int NEIGHBOUR = 3;

    /**
     * Compares two sets of features.
     *
     * @param samples [n, dimensions], n above 3
     * @param data [m, dimensions], m above 3; best as many as samples
     */
    public static PrecisionRecall of(
            Backend backend, float[] samples, float[] data, int dimensions) {
        Distances toData = new Distances(backend, data, dimensions);
        Distances toSamples = new Distances(backend, samples, dimensions);
        return new PrecisionRecall(
                covered(toData, radii(toData, data), samples, dimensions),
                covered(toSamples, radii(toSamples, samples), data, dimensions));
    }

    /** Squared distance of each vector to its third nearest other. */
    private static double[] radii(Distances within, float[] set) {
        double[] radii = new double[within.count()];
        if (radii.length <= NEIGHBOUR) {
            throw new IllegalArgumentException(
                    "precision and recall need more than %s images, not %s"
                            .formatted(NEIGHBOUR, radii.length));
        }
        within.visit(
                set,
                (i, squared) -> {
                    double[] nearest = new double[NEIGHBOUR];
                    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
                    for (int j = 0; j < squared.length; j++) {
                        if (j != i) {
                            insert(nearest, squared[j]);
                        }
                    }
                    radii[i] = nearest[NEIGHBOUR - 1];
                });
        return radii;
    }

    /** Keeps the smallest values in order. */
    private static void insert(double[] nearest, double value) {
        int at = nearest.length;
        while (at > 0 && value < nearest[at - 1]) {
            at--;
            if (at + 1 < nearest.length) {
                nearest[at + 1] = nearest[at];
            }
        }
        if (at < nearest.length) {
            nearest[at] = value;
        }
    }

    private static double covered(Distances from, double[] radii, float[] queries, int dimensions) {
        int[] inside = new int[1];
        from.visit(
                queries,
                (_, squared) -> {
                    for (int j = 0; j < squared.length; j++) {
                        if (squared[j] <= radii[j]) {
                            inside[0]++;
                            return;
                        }
                    }
                });
        return inside[0] / (double) (queries.length / dimensions);
    }
}
