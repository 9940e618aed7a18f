package dev.getj.eval;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/**
 * Squared distances from vectors to all vectors of a set, {@code |x|² + |d|² − 2 x·d}, the products
 * by a backend. Both are first shifted by the set's mean, which changes no distance and keeps the
 * rounding of the products small: squared distances are good to about 1e-6 of the squared norms.
 */
final class Distances {
    private static final int ROWS = 64;

    /** Told the distances of one vector to the whole set; the array is used again. */
    @FunctionalInterface
    interface Visitor {
        void row(int query, double[] squared);
    }

    private final int dimensions;
    private final int count;
    private final double[] mean;
    private final double[] squaredNorms;
    private final Tensor rows;
    private final Tensor products;
    private final Program multiply;

    /**
     * @param set [count, dimensions]
     */
    Distances(Backend backend, float[] set, int dimensions) {
        this.dimensions = dimensions;
        this.count = set.length / dimensions;
        mean = new double[dimensions];
        for (int e = 0; e < count * dimensions; e++) {
            mean[e % dimensions] += set[e] / (double) count;
        }
        float[] shifted = new float[set.length];
        squaredNorms = squaredNorms(set, 0, count, shifted);
        Tensor known = backend.allocate(count, dimensions).set(shifted);
        rows = backend.allocate(ROWS, dimensions);
        products = backend.allocate(ROWS, count);
        multiply = backend.record("products", k -> k.linear(rows, known, null, products));
    }

    /** Vectors in the set. */
    int count() {
        return count;
    }

    // of vectors first … first + some, which go to shifted
    private double[] squaredNorms(float[] vectors, int first, int some, float[] shifted) {
        double[] norms = new double[some];
        for (int i = 0; i < some; i++) {
            for (int e = 0; e < dimensions; e++) {
                float value = (float) (vectors[(first + i) * dimensions + e] - mean[e]);
                shifted[i * dimensions + e] = value;
                norms[i] += (double) value * value;
            }
        }
        return norms;
    }

    /** Visits every vector of {@code queries}, [n, dimensions], in order. */
    void visit(float[] queries, Visitor visitor) {
        int n = queries.length / dimensions;
        float[] chunk = new float[ROWS * dimensions];
        float[] dots = new float[products.size()];
        double[] squared = new double[count];
        for (int first = 0; first < n; first += ROWS) {
            int some = Math.min(ROWS, n - first);
            double[] norms = squaredNorms(queries, first, some, chunk);
            rows.set(chunk);
            multiply.run();
            products.get(dots);
            for (int i = 0; i < some; i++) {
                for (int j = 0; j < count; j++) {
                    double distance = norms[i] + squaredNorms[j] - 2.0 * dots[i * count + j];
                    squared[j] = Math.max(0, distance);
                }
                visitor.row(first + i, squared);
            }
        }
    }
}
