package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * Pre-norm transformer block with additive injection into qkv: {@code x += proj(attn(qkv(LN₁(x)) +
 * c + u))}, {@code x += fc2(gelu(fc1(LN₂(x))))}.
 */
final class Block {
    /** The parameters of a block, or their gradients. */
    record Layers(
            NormLayer norm1,
            LinearLayer qkv,
            LinearLayer proj,
            NormLayer norm2,
            LinearLayer fc1,
            LinearLayer fc2) {
        static Layers of(Parameters parameters, String prefix) {
            return new Layers(
                    NormLayer.of(parameters, prefix + "norm1"),
                    LinearLayer.of(parameters, prefix + "attn.qkv"),
                    LinearLayer.of(parameters, prefix + "attn.proj"),
                    NormLayer.of(parameters, prefix + "norm2"),
                    LinearLayer.of(parameters, prefix + "mlp.fc1"),
                    LinearLayer.of(parameters, prefix + "mlp.fc2"));
        }

        /**
         * For a backward pass that is only after the gradient of x: those of linear layers are not
         * computed, and those of the norms go where nobody reads.
         */
        static Layers discarding(NormLayer unread) {
            return new Layers(unread, null, null, unread, null, null);
        }
    }

    /**
     * What a forward pass computes. With {@code training}, what the backward pass reads is kept
     * apart; without, the second half of the block reuses the tensors of the first.
     */
    record Activations(
            Tensor normed1,
            Tensor statistics1,
            Tensor qkv,
            Tensor attended,
            Tensor logSumExp,
            Tensor middle,
            Tensor normed2,
            Tensor statistics2,
            Tensor preActivation,
            Tensor hidden) {
        static Activations allocate(
                Backend backend, int b, int n, int width, int heads, int hidden, boolean training) {
            int[] state = {b, n, width};
            int[] statistics = {b, n, 2};
            int[] wide = {b, n, hidden};
            Tensor qkv = backend.allocate(b, n, 3 * width);
            Tensor middle = backend.allocate(state);
            if (!training) {
                Tensor normed = backend.allocate(state);
                Tensor gelu = backend.allocate(wide);
                return new Activations(
                        normed, null, qkv, normed, null, middle, normed, null, null, gelu);
            }
            List<Tensor> norm1 = backend.allocateTogether(state, statistics);
            List<Tensor> attention = backend.allocateTogether(state, new int[] {b, heads, n});
            List<Tensor> norm2 = backend.allocateTogether(state, statistics);
            List<Tensor> gelu = backend.allocateTogether(wide, wide);
            return new Activations(
                    norm1.get(0),
                    norm1.get(1),
                    qkv,
                    attention.get(0),
                    attention.get(1),
                    middle,
                    norm2.get(0),
                    norm2.get(1),
                    gelu.get(0),
                    gelu.get(1));
        }

        /** Those of the first samples, when nothing is kept for a backward pass. */
        Activations first(int b) {
            return untrained(b, hidden.dim(2));
        }

        /** Those of blocks with a smaller hidden width, likewise; in the same memory. */
        Activations narrow(int width) {
            return untrained(hidden.dim(0), width);
        }

        private Activations untrained(int b, int width) {
            Tensor normed = first(normed1, b);
            return new Activations(
                    normed,
                    null,
                    first(qkv, b),
                    normed,
                    null,
                    first(middle, b),
                    normed,
                    null,
                    null,
                    hidden.view(0, b, hidden.dim(1), width));
        }

        private static Tensor first(Tensor tensor, int b) {
            return tensor.view(0, b, tensor.dim(1), tensor.dim(2));
        }
    }

    /** Gradients inside one block: used by one block after the other. */
    record Scratch(Tensor dNormed, Tensor dQkv, Tensor dHidden) {
        static Scratch allocate(Backend backend, int b, int n, int width, int hidden) {
            return new Scratch(
                    backend.allocate(b, n, width),
                    backend.allocate(b, n, 3 * width),
                    backend.allocate(b, n, hidden));
        }
    }

    /**
     * The injections of a block, or their gradients: {@code u} [B, N, J] from {@code column} on,
     * {@code c} [B, 3D].
     */
    record Injections(Tensor u, int column, Tensor c) {
        /** Gradients that are not wanted. */
        static final Injections NONE = new Injections(null, 0, null);
    }

    private final Layers layers;
    private final int heads;

    Block(Parameters weights, String prefix, int heads) {
        this.layers = Layers.of(weights, prefix);
        this.heads = heads;
    }

    // x is [B, N, D], y is [B, N, D]
    void forward(Kernels k, Tensor x, Injections injected, Activations a, Tensor y) {
        recompute(k, x, injected, a);
        k.linearResidual(a.hidden, layers.fc2.weight(), layers.fc2.bias(), a.middle, y);
    }

    // everything of the forward pass but its result: what the backward pass reads
    void recompute(Kernels k, Tensor x, Injections injected, Activations a) {
        k.layerNorm(x, layers.norm1.gamma(), layers.norm1.beta(), a.normed1, a.statistics1);
        k.linearInjected(
                a.normed1,
                layers.qkv.weight(),
                layers.qkv.bias(),
                injected.u,
                injected.column,
                injected.c,
                a.qkv);
        k.attention(a.qkv, heads, a.attended, a.logSumExp);
        k.linearResidual(a.attended, layers.proj.weight(), layers.proj.bias(), x, a.middle);
        k.layerNorm(a.middle, layers.norm2.gamma(), layers.norm2.beta(), a.normed2, a.statistics2);
        k.linearGelu(a.normed2, layers.fc1.weight(), layers.fc1.bias(), a.preActivation, a.hidden);
    }

    // x is [B, N, D]; d holds the gradient of y and receives, in place, the gradient of x: the
    // residual path is free; gradients of layers that are null are not computed
    void backward(
            Kernels k,
            Tensor x,
            Activations a,
            Scratch s,
            Layers gradients,
            Injections dInjected,
            Tensor d) {
        // y = middle + hidden · fc2ᵀ + b
        backwardWeight(k, d, a.hidden, gradients.fc2);
        // hidden = gelu(preActivation)
        k.linearGeluBackwardInput(d, layers.fc2.weight(), a.preActivation, s.dHidden);
        // preActivation = normed2 · fc1ᵀ + b
        backwardWeight(k, s.dHidden, a.normed2, gradients.fc1);
        k.linearBackwardInput(s.dHidden, layers.fc1.weight(), s.dNormed);
        // normed2 = LN₂(middle); d is now the gradient of middle
        k.layerNormBackward(
                s.dNormed,
                a.middle,
                layers.norm2.gamma(),
                a.statistics2,
                d,
                gradients.norm2.gamma(),
                gradients.norm2.beta());
        // middle = x + attended · projᵀ + b
        backwardWeight(k, d, a.attended, gradients.proj);
        k.linearBackwardInput(d, layers.proj.weight(), s.dNormed);
        // attended = attention(qkv)
        k.attentionBackward(s.dNormed, a.qkv, a.attended, a.logSumExp, heads, s.dQkv);
        // qkv = normed1 · Wᵀ + b + u + c
        if (dInjected.u != null || dInjected.c != null) {
            k.injectionBackward(s.dQkv, dInjected.u, dInjected.column, dInjected.c);
        }
        backwardWeight(k, s.dQkv, a.normed1, gradients.qkv);
        k.linearBackwardInput(s.dQkv, layers.qkv.weight(), s.dNormed);
        // normed1 = LN₁(x); d is now the gradient of x
        k.layerNormBackward(
                s.dNormed,
                x,
                layers.norm1.gamma(),
                a.statistics1,
                d,
                gradients.norm1.gamma(),
                gradients.norm1.beta());
    }

    private static void backwardWeight(Kernels k, Tensor dY, Tensor x, LinearLayer gradient) {
        if (gradient != null) {
            k.linearBackwardWeight(dY, x, gradient.weight(), gradient.bias());
        }
    }
}
