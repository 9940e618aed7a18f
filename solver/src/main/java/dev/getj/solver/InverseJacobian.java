package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

/**
 * Broyden's approximation {@code H = −I + Σ_l u_l v_lᵀ} of the inverse Jacobian of {@code g(z) =
 * f(z) − z}, of each sample its own, with the last {@code memory} updates.
 */
final class InverseJacobian {
    private final int samples;
    private final History u;
    private final History v;
    private final Tensor newU;
    private final Tensor newV;
    private final Tensor dots;
    private final Tensor scale;
    private final Tensor keep;
    private final Program clear;
    private final Program direction;
    private final Program propose;
    private final Program[] accept;
    private int updates;

    /**
     * @param residual g
     * @param deltaState change of z over the last step; {@code deltaResidual} is that of g
     * @param descent receives {@code H g}, of which the step is the negative
     */
    InverseJacobian(
            Backend backend,
            int memory,
            Tensor residual,
            Tensor deltaState,
            Tensor deltaResidual,
            Tensor descent) {
        samples = residual.dim(0);
        u = History.allocate(backend, memory, residual);
        v = History.allocate(backend, memory, residual);
        newU = backend.allocate(residual.shape());
        newV = backend.allocate(residual.shape());
        dots = backend.allocate(samples, memory);
        scale = backend.allocate(samples, 1);
        keep = backend.allocate(samples, 1);
        clear =
                backend.record(
                        "forget",
                        k -> {
                            k.fill(0, u.all());
                            k.fill(0, v.all());
                        });
        direction = backend.record("direction", k -> times(k, v, u, residual, descent));
        propose =
                backend.record(
                        "update",
                        k -> {
                            times(k, u, v, deltaState, newV); // vᵀ = δzᵀ H
                            times(k, v, u, deltaResidual, newU); // u ∝ δz − H δg
                            k.mix(1, deltaState, -1, newU);
                            k.innerProducts(History.of(newV), deltaResidual, scale);
                        });
        accept = new Program[memory];
        for (int l = 0; l < memory; l++) {
            Tensor slotU = u.get(l);
            Tensor slotV = v.get(l);
            accept[l] =
                    backend.record(
                            "accept",
                            k -> {
                                k.combine(scale, History.of(newU), 0, slotU);
                                k.combine(keep, History.of(newV), 0, slotV);
                            });
        }
    }

    // result = −x + Σ_l outer_l ⟨inner_l, x⟩
    private void times(Kernels k, History inner, History outer, Tensor x, Tensor result) {
        k.innerProducts(inner.all(), x, dots);
        k.copy(x, result);
        k.combine(dots, outer.all(), -1, result);
    }

    /** Back to −I. */
    void reset() {
        clear.run();
        updates = 0;
    }

    /** {@code descent = H g}. */
    void descend() {
        direction.run();
    }

    /**
     * The good update, {@code u = (δz − H δg) / (vᵀ δg)}; a sample whose denominator is 0 or not
     * finite gets none.
     */
    void update() {
        propose.run();
        double[] denominators = Doubles.get(scale);
        double[] factors = new double[samples];
        double[] ones = new double[samples];
        for (int b = 0; b < samples; b++) {
            double factor = 1 / denominators[b];
            boolean usable = denominators[b] != 0 && Double.isFinite((float) factor);
            factors[b] = usable ? factor : 0;
            ones[b] = usable ? 1 : 0;
        }
        Doubles.set(scale, factors);
        Doubles.set(keep, ones);
        accept[updates++ % accept.length].run();
    }
}
