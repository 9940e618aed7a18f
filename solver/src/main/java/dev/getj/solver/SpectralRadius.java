package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * The spectral radius ρ of the Jacobian J of f, of each sample: below 1, plain iteration converges
 * close to the solution, by a factor of ρ each time in the end.
 *
 * <p>Arnoldi's method on {@code vᵀJ}: an orthonormal basis of {@code v, Jᵀv, (Jᵀ)²v, …} from a
 * random v, and the matrix H of Jᵀ in it, whose largest eigenvalues approach those of J long before
 * the basis spans the whole space; when it does, they are the same. Real ones and complex pairs are
 * alike to it. The modulus of H's largest eigenvalue is {@code lim ‖Hⁿ‖^(1/n)} (Gelfand), with n =
 * 2²⁴ by squaring.
 */
public final class SpectralRadius {
    private static final int SQUARINGS = 24;

    /** Of a vector's length, what is left of it when the basis spans all that there is. */
    private static final double NOTHING = 1e-5;

    private final int most;
    private final int samples;
    private final Linearization at;
    private final Runnable pullBack;
    private final Tensor v;
    private final Tensor product;
    private final History basis;
    private final Tensor coefficients;
    private final Tensor square;
    private final Tensor scale;
    private final RandomState start;
    private final Program load;
    private final Program clear;
    private final Program begin;
    private final Program project;
    private final Program subtract;
    private final Program measure;
    private final Program normalise;
    private final Program[] keep;

    private SpectralRadius(DifferentiableMap map, Tensor z, int products) {
        Backend backend = map.backend();
        samples = z.dim(0);
        most = Math.min(products, z.size() / samples);
        Tensor here = backend.allocate(z.shape());
        product = backend.allocate(z.shape());
        at = map.linearization(here, product);
        pullBack = at.pullBack();
        v = backend.allocate(z.shape());
        basis = History.allocate(backend, most, z);
        coefficients = backend.allocate(samples, most);
        square = backend.allocate(samples, 1);
        scale = backend.allocate(samples, 1);
        start = RandomState.of(backend, v);
        load = backend.record("load", k -> k.copy(z, here));
        clear = backend.record("clear basis", k -> k.fill(0, basis.all()));
        begin = backend.record("begin", k -> k.copy(v, product));
        project =
                backend.record("project", k -> k.innerProducts(basis.all(), product, coefficients));
        subtract =
                backend.record("subtract", k -> k.combine(coefficients, basis.all(), 1, product));
        measure =
                backend.record(
                        "measure", k -> k.innerProducts(History.of(product), product, square));
        normalise = backend.record("normalise", k -> k.combine(scale, History.of(product), 0, v));
        keep = new Program[most];
        Arrays.setAll(keep, j -> backend.record("keep", k -> k.copy(v, basis.get(j))));
    }

    /**
     * @param z where the Jacobian is taken, [B, …]: what it holds when {@link #estimate} is called
     * @param products vector-Jacobian products that an estimate takes, at most, and states that it
     *     keeps; at least 1. 30 are good for 1 % of ρ unless many eigenvalues are about as large
     */
    public static SpectralRadius prepare(DifferentiableMap map, Tensor z, int products) {
        if (products < 1) {
            throw new IllegalArgumentException(
                    "at least 1 vector-Jacobian product is needed, not " + products);
        }
        return new SpectralRadius(map, z, products);
    }

    /**
     * @param seed of the first vector
     * @return one estimate a sample
     */
    public double[] estimate(long seed) {
        load.run();
        at.evaluate();
        clear.run();
        start.draw(seed);
        double[][][] h = new double[samples][most][most];
        begin.run();
        double[] length = length();
        int[] size = new int[samples];
        for (int j = 0; j < most; j++) {
            scaleTo(length);
            for (int b = 0; b < samples; b++) {
                size[b] += length[b] > 0 ? 1 : 0;
            }
            keep[j].run();
            begin.run();
            pullBack.run();
            double[] whole = length();
            // twice, as rounding leaves something behind the first time
            for (int pass = 0; pass < 2; pass++) {
                orthogonalise(h, j);
            }
            length = length();
            for (int b = 0; b < samples; b++) {
                length[b] = length[b] > NOTHING * whole[b] ? length[b] : 0;
                if (j + 1 < most) {
                    h[b][j + 1][j] = length[b];
                }
            }
        }
        double[] radius = new double[samples];
        for (int b = 0; b < samples; b++) {
            radius[b] = radius(h[b], size[b]);
        }
        return radius;
    }

    // ‖product‖ of each sample
    private double[] length() {
        measure.run();
        return Arrays.stream(Doubles.get(square)).map(Math::sqrt).toArray();
    }

    // v = product / length, and 0 where there is nothing left
    private void scaleTo(double[] length) {
        double[] factors = Arrays.stream(length).map(each -> each > 0 ? 1 / each : 0).toArray();
        Doubles.set(scale, factors);
        normalise.run();
    }

    // takes from product what lies along the basis, and adds it to column j of H
    private void orthogonalise(double[][][] h, int j) {
        project.run();
        double[] along = Doubles.get(coefficients);
        for (int b = 0; b < samples; b++) {
            for (int i = 0; i <= j; i++) {
                h[b][i][j] += along[b * most + i];
            }
        }
        Doubles.set(coefficients, Arrays.stream(along).map(each -> -each).toArray());
        subtract.run();
    }

    /** lim ‖Hⁿ‖^(1/n) of the first {@code size} rows and columns. */
    private static double radius(double[][] h, int size) {
        double[][] power = new double[size][];
        Arrays.setAll(power, i -> Arrays.copyOf(h[i], size));
        double logarithm = 0;
        double share = 1;
        for (int i = 0; i <= SQUARINGS; i++) {
            double norm = 0;
            for (double[] row : power) {
                for (double value : row) {
                    norm = Math.max(norm, Math.abs(value));
                }
            }
            if (norm == 0) {
                return 0;
            }
            logarithm += share * Math.log(norm);
            share /= 2;
            power = squared(power, norm);
        }
        return Math.exp(logarithm);
    }

    // (matrix / norm)²
    private static double[][] squared(double[][] matrix, double norm) {
        int n = matrix.length;
        double[][] square = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double factor = matrix[i][k] / norm;
                for (int j = 0; j < n; j++) {
                    square[i][j] += factor * (matrix[k][j] / norm);
                }
            }
        }
        return square;
    }
}
