package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

/**
 * Hutchinson's estimate of how far f stretches: {@code ‖vᵀJ‖² / numel} for a random v ~ N(0, I)
 * (Bai, Koltun and Kolter 2021; TorchDEQ's {@code jac_reg}), and its gradient with respect to the
 * parameters, for use as a term of a training objective.
 *
 * <p>That gradient is one of second order, which a {@link Linearization} does not offer. With
 * {@code w = vᵀJ} held fixed it is {@code 2 ∂/∂θ (vᵀ J w) = 2 d/dε ∂/∂θ (vᵀ f(z + εw))} at ε = 0,
 * so a central difference of two ordinary gradients gives it, at z ± εw: exact up to ε² and
 * rounding. The state z is taken as given: nothing flows back to it.
 */
public final class JacobianPenalty {
    /** Cube roots of the rounding errors: where truncation and rounding balance. */
    private static final double STEP_DOUBLE = 1e-5;

    private static final double STEP_FLOAT = 4e-3;

    private final Linearization at;
    private final Runnable pullBack;
    private final Runnable pullBackAll;
    private final int samples;
    private final int size;
    private final double relativeStep;
    private final RandomState random;
    private final Tensor here;
    private final Tensor gradient;
    private final Tensor v;
    private final Tensor w;
    private final Tensor squares;
    private final Tensor stateSquares;
    private final Tensor factor;
    private final Program load;
    private final Program keep;
    private final Program displace;
    private final Program weigh;
    private double[] product = new double[0];

    private JacobianPenalty(DifferentiableMap map, Tensor z) {
        Backend backend = map.backend();
        here = backend.allocate(z.shape());
        gradient = backend.allocate(z.shape());
        at = map.linearization(here, gradient);
        pullBack = at.pullBack();
        pullBackAll = at.pullBackAll();
        samples = z.dim(0);
        size = z.size();
        relativeStep = backend instanceof ReferenceBackend ? STEP_DOUBLE : STEP_FLOAT;
        v = backend.allocate(z.shape());
        w = backend.allocate(z.shape());
        squares = backend.allocate(samples, 1);
        stateSquares = backend.allocate(samples, 1);
        factor = backend.allocate(samples, 1);
        random = RandomState.of(backend, v);
        load =
                backend.record(
                        "load",
                        k -> {
                            k.copy(z, here);
                            k.copy(v, gradient);
                        });
        keep =
                backend.record(
                        "keep",
                        k -> {
                            k.copy(gradient, w);
                            k.innerProducts(History.of(w), w, squares);
                            k.innerProducts(History.of(here), here, stateSquares);
                        });
        displace =
                backend.record(
                        "displace",
                        k -> {
                            k.copy(z, here);
                            k.combine(factor, History.of(w), 1, here);
                        });
        weigh = backend.record("weigh", k -> k.combine(factor, History.of(v), 0, gradient));
    }

    /**
     * @param z where the Jacobian is taken, [B, …]: what it holds when {@link #estimate} is called,
     *     and still when {@link #accumulate} is
     */
    public static JacobianPenalty prepare(DifferentiableMap map, Tensor z) {
        return new JacobianPenalty(map, z);
    }

    /**
     * @param seed of v
     * @return {@code ‖vᵀJ‖² / numel} over the whole batch
     */
    public double estimate(long seed) {
        return estimate(seed, 0);
    }

    /**
     * As {@link #estimate(long)} of a part of a batch.
     *
     * @param first number of the part's first sample within the batch
     */
    public double estimate(long seed, long first) {
        random.draw(seed, first);
        load.run();
        at.evaluate();
        pullBack.run();
        keep.run();
        product = Doubles.get(squares);
        double sum = 0;
        for (double square : product) {
            sum += square;
        }
        return sum / size;
    }

    /**
     * Adds {@code weight} times the gradient of the last estimate to the gradients of everything
     * that f depends on but z: two evaluations of f and two vector-Jacobian products.
     *
     * @throws IllegalStateException if nothing was estimated yet
     */
    public void accumulate(double weight) {
        if (product.length == 0) {
            throw new IllegalStateException("the penalty must be estimated before its gradient");
        }
        double[] states = Doubles.get(stateSquares);
        double[] steps = new double[samples];
        for (int b = 0; b < samples; b++) {
            double scale = Math.sqrt(Math.max(states[b], (double) size / samples));
            steps[b] = product[b] > 0 ? relativeStep * scale / Math.sqrt(product[b]) : 0;
        }
        for (int sign = -1; sign <= 1; sign += 2) {
            double[] displacements = new double[samples];
            double[] weights = new double[samples];
            for (int b = 0; b < samples; b++) {
                displacements[b] = sign * steps[b];
                weights[b] = steps[b] > 0 ? sign * weight / (steps[b] * size) : 0;
            }
            Doubles.set(factor, displacements);
            displace.run();
            at.evaluate();
            Doubles.set(factor, weights);
            weigh.run();
            pullBackAll.run();
        }
    }
}
