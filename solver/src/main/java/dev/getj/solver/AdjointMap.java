package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/** The linear map {@code g ↦ Jᵀ g + ∂L/∂z}, whose fixed point is the gradient of an equilibrium. */
final class AdjointMap implements FixedPointMap {
    private final Backend backend;
    private final Runnable pullBack;
    private final Tensor state;
    private final Tensor product;
    private final Program load;
    private final Program addLoss;

    /**
     * @param product the tensor in which {@code at} computes its products
     * @param cotangent ∂L/∂z
     */
    AdjointMap(Backend backend, Linearization at, Tensor product, Tensor cotangent) {
        this.backend = backend;
        pullBack = at.pullBack();
        this.product = product;
        state = backend.allocate(product.shape());
        load = backend.record("load", k -> k.copy(state, product));
        addLoss = backend.record("add the loss", k -> k.add(cotangent, product));
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor state() {
        return state;
    }

    @Override
    public Tensor next() {
        return product;
    }

    @Override
    public void apply() {
        load.run();
        pullBack.run();
        addLoss.run();
    }
}
