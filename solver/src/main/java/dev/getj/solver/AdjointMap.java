package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

/** The linear map {@code g ↦ Jᵀ g + ∂L/∂z}, whose fixed point is the gradient of an equilibrium. */
final class AdjointMap implements FixedPointMap {
    private final Backend backend;
    private final Linearization at;
    private final Program addLoss;

    /**
     * @param cotangent ∂L/∂z
     */
    AdjointMap(Backend backend, Linearization at, Tensor cotangent) {
        this.backend = backend;
        this.at = at;
        addLoss = backend.record("add the loss", k -> k.add(cotangent, at.product()));
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor state() {
        return at.cotangent();
    }

    @Override
    public Tensor next() {
        return at.product();
    }

    @Override
    public void apply() {
        at.pullBack();
        addLoss.run();
    }
}
