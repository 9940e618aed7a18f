package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Pre-norm transformer block with additive injection into qkv: {@code x += proj(attn(qkv(LN₁(x)) +
 * c + u))}, {@code x += fc2(gelu(fc1(LN₂(x))))}.
 *
 * @param prefix of the names of its parameters
 * @param column where its part of u begins
 */
record Block(String prefix, Layers layers, int heads, int column) {
    private static final String QKV = "attn.qkv";

    /** The parameters of a block, or their gradients. */
    record Layers(
            NormLayer norm1,
            LinearLayer qkv,
            LinearLayer proj,
            NormLayer norm2,
            LinearLayer fc1,
            LinearLayer fc2) {
        static Layers of(Parameters parameters, String prefix) {
            return of(parameters, parameters, prefix);
        }

        /**
         * @param weights of which norms and biases are taken
         * @param factors of which the weights of linear layers are taken
         */
        static Layers of(Parameters weights, Parameters factors, String prefix) {
            return new Layers(
                    NormLayer.of(weights, prefix + "norm1"),
                    LinearLayer.of(weights, factors, prefix + QKV),
                    LinearLayer.of(weights, factors, prefix + "attn.proj"),
                    NormLayer.of(weights, prefix + "norm2"),
                    LinearLayer.of(weights, factors, prefix + "mlp.fc1"),
                    LinearLayer.of(weights, factors, prefix + "mlp.fc2"));
        }
    }

    /**
     * What is added to qkv in the blocks of a stack, or its gradients.
     *
     * @param u [B, N, 3D·M]: each block has a part of its own
     * @param c [B, 3D]: the same for all
     * @param sums for each block, [B, N, 3D] of the factors' type: its part of u, c and its bias,
     *     added up once for all evaluations, which then read nothing else; or none
     */
    record Injections(Optional<Tensor> u, Optional<Tensor> c, List<Tensor> sums) {
        static final Injections NONE = ofCondition(Optional.empty());

        Injections(Optional<Tensor> u, Optional<Tensor> c) {
            this(u, c, List.of());
        }

        static Injections ofCondition(Optional<Tensor> c) {
            return new Injections(Optional.empty(), c);
        }

        /** Everything that is read, in one order. */
        List<Tensor> tensors() {
            return sums.isEmpty() ? Stream.of(u, c).flatMap(Optional::stream).toList() : sums;
        }
    }

    /**
     * What a forward pass computes.
     *
     * @param normed1 [B, N, D]; saved: statistics [B, N, 2]
     * @param qkv [B, N, 3D]
     * @param attended [B, N, D]; saved: log-sum-exp [B, H, N]
     * @param middle [B, N, D]
     * @param normed2 as {@code normed1}
     * @param hidden [B, N, hidden]; saved: the same before GELU
     */
    record Activations<A extends Output>(
            A normed1, Tensor qkv, A attended, Tensor middle, A normed2, A hidden) {
        /** For sampling: the second half of the block reuses the tensors of the first. */
        static Activations<Output.Value> values(Space space, int hidden) {
            int width = space.config().width();
            Output.Value normed = new Output.Value(space.factors(width));
            Output.Value gelu = new Output.Value(space.factors(hidden));
            return new Activations<>(normed, space.qkv(), normed, space.state(), normed, gelu);
        }

        /** For training: all that the backward pass reads is kept apart. */
        static Activations<Output.Saved> saved(Space space, int hidden) {
            int b = space.batch();
            int n = space.config().tokens();
            int[] state = {b, n, space.config().width()};
            int[] statistics = {b, n, 2};
            int[] rows = {b, space.config().heads(), n};
            int[] wide = {b, n, hidden};
            return new Activations<>(
                    Output.Saved.factor(space, state, statistics),
                    space.factors(3 * space.config().width()),
                    Output.Saved.factor(space, state, rows),
                    space.state(),
                    Output.Saved.factor(space, state, statistics),
                    Output.Saved.factors(space, wide, wide));
        }
    }

    /** A block on x, [B, N, D], with all its tensors. */
    record Application<A extends Output>(
            Block block, Tensor x, Injections injected, Activations<A> activations, Tensor y) {
        void forward(Kernels k) {
            block.forward(k, x, injected, activations, y);
        }
    }

    /**
     * Gradients inside one block: used by one block after the other.
     *
     * @param dNormed [B, N, D]
     * @param dQkv [B, N, 3D]
     * @param dHidden [B, N, hidden]
     * @param rounded [B, N, D], for the gradient of the residual stream where factors have 16 bits
     */
    record Scratch(Tensor dNormed, Tensor dQkv, Tensor dHidden, Optional<Tensor> rounded) {
        static Scratch allocate(Space space, int hidden) {
            int width = space.config().width();
            return new Scratch(
                    space.factors(width),
                    space.factors(3 * width),
                    space.factors(hidden),
                    space.mixed() ? Optional.of(space.factors(width)) : Optional.empty());
        }

        /** The same values of the factors' type: d itself, or rounded as it is now. */
        Tensor factor(Kernels k, Tensor d) {
            rounded.ifPresent(it -> k.cast(d, it));
            return rounded.orElse(d);
        }
    }

    /**
     * What a backward pass computes besides the gradient of x, added to what is there.
     *
     * @param layers of the parameters, or none
     * @param unread where those of norms go then, as they come with the gradient of x
     */
    record Gradients(Optional<Layers> layers, Injections injected, NormLayer unread) {
        private void linear(Kernels k, Tensor dY, Tensor x, Function<Layers, LinearLayer> which) {
            layers.map(which)
                    .ifPresent(each -> k.linearBackwardWeight(dY, x, each.weight(), each.bias()));
        }

        private NormLayer norm(Function<Layers, NormLayer> which) {
            return layers.map(which).orElse(unread);
        }
    }

    /** Hidden width of the MLP. */
    int hidden() {
        return layers.fc1.bias().size();
    }

    // x is [B, N, D], y is [B, N, D]
    void forward(Kernels k, Tensor x, Injections injected, Activations<?> a, Tensor y) {
        recompute(k, x, injected, a);
        k.linearResidual(a.hidden.value(), layers.fc2.weight(), layers.fc2.bias(), a.middle, y);
    }

    // everything of the forward pass but its result: what the backward pass reads
    void recompute(Kernels k, Tensor x, Injections injected, Activations<?> a) {
        norm(k, x, layers.norm1, a.normed1);
        project(k, injected, a);
        k.attention(a.qkv, heads, a.attended.value(), a.attended.savedOrNull());
        k.linearResidual(a.attended.value(), layers.proj.weight(), layers.proj.bias(), x, a.middle);
        norm(k, a.middle, layers.norm2, a.normed2);
        k.linearGelu(
                a.normed2.value(),
                layers.fc1.weight(),
                layers.fc1.bias(),
                a.hidden.savedOrNull(),
                a.hidden.value());
    }

    // queries, keys and values
    private void project(Kernels k, Injections injected, Activations<?> a) {
        Tensor x = a.normed1.value();
        LinearLayer qkv = layers.qkv;
        if (injected.sums.isEmpty()) {
            k.linearInjected(
                    x,
                    qkv.weight(),
                    qkv.bias(),
                    injected.u.orElse(null),
                    column,
                    injected.c.orElse(null),
                    a.qkv);
        } else {
            Tensor sum = injected.sums.get(column / qkv.bias().size());
            k.linearInjected(x, qkv.weight(), null, sum, 0, null, a.qkv);
        }
    }

    /**
     * Adds up all that is injected into this block.
     *
     * @param h of the factors' type, [B, N, D]
     * @param weight of which h gives u, [3D·M, D]
     */
    void sum(Kernels k, Tensor h, Tensor weight, Optional<Tensor> c, Tensor sum) {
        int rows = layers.qkv.bias().size();
        int columns = weight.dim(1);
        Tensor part = weight.view(column * columns, rows, columns);
        k.linearInjected(h, part, layers.qkv.bias(), null, 0, c.orElse(null), sum);
    }

    /**
     * Sets to 0 the gradients of what is added to all keys of a head alike, biases and c: softmax
     * does not see it, so they are 0 but for rounding, which AdamW would scale up to whole steps.
     *
     * @param dC [B, 3D], if there is a condition
     */
    static void clearKeys(Kernels k, Optional<Tensor> dC, Parameters gradients) {
        dC.ifPresent(it -> k.fillColumns(0, it, it.dim(-1) / 3, it.dim(-1) / 3));
        for (ParameterTable.Entry entry : gradients.table().entries()) {
            if (entry.name().endsWith(QKV + ".bias")) {
                int width = entry.size() / 3;
                k.fill(0, gradients.tensor(entry.name()).view(width, width));
            }
        }
    }

    private static void norm(Kernels k, Tensor x, NormLayer norm, Output normed) {
        k.layerNorm(x, norm.gamma(), norm.beta(), normed.value(), normed.savedOrNull());
    }

    // d holds the gradient of y and receives, in place, that of x: the residual path is free.
    // It is float; products read it rounded where factors have 16 bits
    void backward(
            Kernels k, Application<Output.Saved> at, Scratch s, Gradients gradients, Tensor d) {
        Activations<Output.Saved> a = at.activations;
        // y = middle + hidden · fc2ᵀ + b
        Tensor dY = s.factor(k, d);
        gradients.linear(k, dY, a.hidden.value(), Layers::fc2);
        // hidden = gelu(preActivation)
        k.linearGeluBackwardInput(dY, layers.fc2.weight(), a.hidden.saved(), s.dHidden);
        // preActivation = normed2 · fc1ᵀ + b
        gradients.linear(k, s.dHidden, a.normed2.value(), Layers::fc1);
        k.linearBackwardInput(s.dHidden, layers.fc1.weight(), s.dNormed);
        // normed2 = LN₂(middle); d is now the gradient of middle
        NormLayer dNorm2 = gradients.norm(Layers::norm2);
        k.layerNormBackward(
                s.dNormed,
                a.middle,
                layers.norm2.gamma(),
                a.normed2.saved(),
                d,
                dNorm2.gamma(),
                dNorm2.beta());
        // middle = x + attended · projᵀ + b
        Tensor dMiddle = s.factor(k, d);
        gradients.linear(k, dMiddle, a.attended.value(), Layers::proj);
        k.linearBackwardInput(dMiddle, layers.proj.weight(), s.dNormed);
        // attended = attention(qkv)
        k.attentionBackward(
                s.dNormed, a.qkv, a.attended.value(), a.attended.saved(), heads, s.dQkv);
        // qkv = normed1 · Wᵀ + b + u + c
        Injections dInjected = gradients.injected;
        k.injectionBackward(s.dQkv, dInjected.u.orElse(null), column, dInjected.c.orElse(null));
        gradients.linear(k, s.dQkv, a.normed1.value(), Layers::qkv);
        k.linearBackwardInput(s.dQkv, layers.qkv.weight(), s.dNormed);
        // normed1 = LN₁(x); d is now the gradient of x
        NormLayer dNorm1 = gradients.norm(Layers::norm1);
        k.layerNormBackward(
                s.dNormed,
                at.x,
                layers.norm1.gamma(),
                a.normed1.saved(),
                d,
                dNorm1.gamma(),
                dNorm1.beta());
    }
}
