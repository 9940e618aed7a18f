package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/**
 * TorchDEQ's {@code power_method} for the spectral radius of the Jacobian of f, of each sample:
 * power iteration on {@code vᵀJ} from a random v. The estimate is {@code |vᵀJv| / vᵀv} of the last
 * v, so it settles only if one real eigenvalue is the largest; a complex pair makes it wander below
 * its modulus. {@link SpectralRadius} does not have this fault.
 */
public final class PowerMethod {
    private final Linearization at;
    private final Runnable pullBack;
    private final Tensor v;
    private final Program begin;
    private final int samples;
    private final RandomState start;
    private final Program load;
    private final Program products;
    private final Program normalize;
    private final Tensor alongState;
    private final Tensor alongProduct;
    private final Tensor scale;
    private final double[] before;
    private final double[] along;

    private PowerMethod(DifferentiableMap map, Tensor z) {
        Backend backend = map.backend();
        Tensor here = backend.allocate(z.shape());
        Tensor product = backend.allocate(z.shape());
        at = map.linearization(here, product);
        pullBack = at.pullBack();
        samples = z.dim(0);
        v = backend.allocate(z.shape());
        begin = backend.record("begin", k -> k.copy(v, product));
        alongState = backend.allocate(samples, 1);
        alongProduct = backend.allocate(samples, 1);
        scale = backend.allocate(samples, 1);
        before = new double[samples];
        along = new double[samples];
        start = RandomState.of(backend, v);
        load = backend.record("load", k -> k.copy(z, here));
        products =
                backend.record(
                        "products",
                        k -> {
                            k.innerProducts(History.of(v), product, alongState);
                            k.innerProducts(History.of(product), product, alongProduct);
                        });
        normalize = backend.record("normalize", k -> k.combine(scale, History.of(product), 0, v));
    }

    /**
     * @param z where the Jacobian is taken, [B, …]: what it holds when {@link #estimate} is called
     */
    public static PowerMethod prepare(DifferentiableMap map, Tensor z) {
        return new PowerMethod(map, z);
    }

    /**
     * @param iterations at least 1; each is one vector-Jacobian product
     * @param seed of the first vector
     * @return one estimate a sample; 0 where a product vanishes
     */
    public double[] estimate(int iterations, long seed) {
        if (iterations < 1) {
            throw new IllegalArgumentException(
                    "at least 1 power iteration is needed, not " + iterations);
        }
        load.run();
        at.evaluate();
        start.draw(seed);
        double[] first = Doubles.get(v);
        int length = first.length / samples;
        for (int b = 0; b < samples; b++) {
            before[b] = 0;
            for (int i = b * length; i < (b + 1) * length; i++) {
                before[b] += first[i] * first[i];
            }
        }
        for (int i = 0; i < iterations; i++) {
            begin.run();
            pullBack.run();
            iterate();
        }
        double[] radius = new double[samples];
        for (int b = 0; b < samples; b++) {
            radius[b] = Math.abs(along[b]);
        }
        return radius;
    }

    // v ← vᵀJ / ‖vᵀJ‖, and before it is forgotten, vᵀJv / vᵀv
    private void iterate() {
        products.run();
        double[] state = Doubles.get(alongState);
        double[] square = Doubles.get(alongProduct);
        double[] factors = new double[samples];
        for (int b = 0; b < samples; b++) {
            along[b] = before[b] == 0 ? 0 : state[b] / before[b];
            factors[b] = square[b] > 0 ? 1 / Math.sqrt(square[b]) : 0;
            before[b] = square[b] > 0 ? 1 : 0;
        }
        Doubles.set(scale, factors);
        normalize.run();
    }
}
