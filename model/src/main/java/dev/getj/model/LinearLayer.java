package dev.getj.model;

import dev.getj.kernels.tensor.Tensor;

/** Weight [out, in] and bias [out] of a linear layer, or their gradients. */
record LinearLayer(Tensor weight, Tensor bias) {
    static LinearLayer of(Parameters parameters, String name) {
        return new LinearLayer(
                parameters.matrix(name + ".weight"), parameters.tensor(name + ".bias"));
    }
}
