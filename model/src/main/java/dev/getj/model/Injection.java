package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

/** The stage noise → h → {@code u = W_u h} of a GET: done once for a batch. */
record Injection(Trunk trunk, Tensor weight) {
    private static final String WEIGHT = "qkv_inj.weight";

    static Injection of(Trunk trunk, Parameters weights) {
        return new Injection(trunk, weights.tensor(WEIGHT));
    }

    // h is [B, N, D], u [B, N, 3D·M]
    void forward(Kernels k, Tensor h, Tensor u) {
        k.linear(h, weight, null, u);
    }

    // overwrites d [B, N, D] with the gradient of h
    void backward(Kernels k, Tensor dU, Tensor h, Parameters gradients, Tensor d) {
        // u = h · W_uᵀ
        k.linearBackwardWeight(dU, h, gradients.tensor(WEIGHT), null);
        k.linearBackwardInput(dU, weight, d);
    }
}
