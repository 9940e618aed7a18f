package dev.getj.model;

import dev.getj.kernels.tensor.Tensor;

/** Scale and shift [D] of a LayerNorm, or their gradients. */
record NormLayer(Tensor gamma, Tensor beta) {
    static NormLayer of(Parameters parameters, String name) {
        return new NormLayer(
                parameters.tensor(name + ".weight"), parameters.tensor(name + ".bias"));
    }
}
