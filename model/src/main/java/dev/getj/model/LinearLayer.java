package dev.getj.model;

import dev.getj.kernels.tensor.Tensor;

/** Weight [out, in] and bias [out] of a linear layer, or their gradients. */
record LinearLayer(Tensor weight, Tensor bias) {
    static LinearLayer of(Parameters parameters, String name) {
        return of(parameters, parameters, name);
    }

    /**
     * @param weights of which the bias is taken
     * @param factors of which the weight is taken
     */
    static LinearLayer of(Parameters weights, Parameters factors, String name) {
        return new LinearLayer(factors.matrix(name + ".weight"), weights.tensor(name + ".bias"));
    }
}
