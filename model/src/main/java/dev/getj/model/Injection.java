package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

/** The stage noise → h → {@code u = W_u h} of a GET: done once for a batch. */
record Injection(Trunk trunk, Tensor weight) {
    static final String WEIGHT = "qkv_inj.weight";

    static Injection of(Trunk trunk, Parameters factors) {
        return new Injection(trunk, factors.tensor(WEIGHT));
    }

    // h is [B, N, D], u [B, N, 3D·M]
    void forward(Kernels k, Tensor h, Tensor u) {
        k.linear(h, weight, null, u);
    }

    // as above; where the weight has 16 bits, h is rounded to rounded [B, N, D] first
    void forward(Kernels k, Tensor h, Tensor rounded, Tensor u) {
        if (!weight.dtype().isHalf()) {
            forward(k, h, u);
            return;
        }
        k.cast(h, rounded);
        forward(k, rounded, u);
    }

    // overwrites d [B, N, D] with the gradient of h
    void backward(Kernels k, Tensor dU, Tensor h, Parameters gradients, Tensor d) {
        // u = h · W_uᵀ
        k.linearBackwardWeight(dU, h, gradients.tensor(WEIGHT), null);
        k.linearBackwardInput(dU, weight, d);
    }

    // as above; where the weight has 16 bits, dU and h are rounded first, in scratch memory
    void backward(
            Kernels k, Tensor dU, Tensor h, Parameters gradients, Block.Scratch scratch, Tensor d) {
        if (!weight.dtype().isHalf()) {
            backward(k, dU, h, gradients, d);
            return;
        }
        Tensor roundedU = scratch.dHidden().view(0, dU.shape());
        k.cast(dU, roundedU);
        k.cast(h, scratch.dNormed());
        backward(k, roundedU, scratch.dNormed(), gradients, d);
    }
}
