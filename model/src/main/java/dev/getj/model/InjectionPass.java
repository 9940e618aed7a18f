package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done once for a batch, {@code noise → embed → blocks → h → u}, and its way back. {@code
 * u} and the condition go to every application of the equilibrium map, which add to {@code dU} and
 * {@code dCondition}.
 */
final class InjectionPass {
    private final Network network;
    private final BlockApplications blocks;
    private final Parameters gradients;
    private final Tensor noise;
    private final IntTensor labels;
    private final Tensor patches;
    private final Tensor condition;
    private final Tensor dCondition;
    private final Tensor u;
    private final Tensor dU;
    private final Tensor h;
    private final List<BlockApplications.Application> applications = new ArrayList<>();
    private final List<Program> forward = new ArrayList<>();

    InjectionPass(Network network, BlockApplications blocks, Parameters gradients, int batch) {
        this.network = network;
        this.blocks = blocks;
        this.gradients = gradients;
        ModelConfig config = network.config();
        Backend backend = network.backend();
        noise = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        condition = network.allocateCondition(batch);
        dCondition = network.allocateCondition(batch);
        u = network.allocateInjection(batch);
        dU = network.allocateInjection(batch);
        Tensor embedded = network.allocateState(batch);
        forward.add(
                backend.record(
                        "embed",
                        k ->
                                network.embedder()
                                        .forward(k, noise, labels, patches, condition, embedded)));
        Tensor x = embedded;
        for (int i = 0; i < config.depth(); i++) {
            BlockApplications.Application application =
                    blocks.injection(i, x, condition, dCondition);
            applications.add(application);
            forward.add(blocks.forward(application));
            x = application.y();
        }
        h = x;
        if (config.equilibrium()) {
            forward.add(backend.record("inject", k -> network.inject(k, h, u)));
        }
    }

    /** Input noise, [B, C, S, S]. */
    Tensor noise() {
        return noise;
    }

    /** Class labels, [B]; not read by an unconditional network. */
    IntTensor labels() {
        return labels;
    }

    /** Class embedding [B, 3D], or null. */
    Tensor condition() {
        return condition;
    }

    Tensor dCondition() {
        return dCondition;
    }

    /** Injection [B, N, 3D·M], or null. */
    Tensor u() {
        return u;
    }

    Tensor dU() {
        return dU;
    }

    /** What leaves the injection transformer, [B, N, D]: the state that a ViT decodes. */
    Tensor h() {
        return h;
    }

    List<Program> forward() {
        return forward;
    }

    /** Clears the gradients that the equilibrium adds to. */
    void clear(Kernels k) {
        if (dU != null) {
            k.fill(0, dU);
        }
        if (dCondition != null) {
            k.fill(0, dCondition);
        }
    }

    /**
     * Records the way back.
     *
     * @param d of a ViT, the gradient of h; otherwise that is computed from {@code dU}. Overwritten
     */
    List<Program> recordBackward(Tensor d) {
        Backend backend = network.backend();
        List<Program> backward = new ArrayList<>();
        if (network.config().equilibrium()) {
            backward.add(
                    backend.record(
                            "inject backward",
                            k -> network.injectBackward(k, dU, h, gradients, d)));
        }
        applications.reversed().forEach(each -> backward.add(blocks.backward(each, d)));
        backward.add(
                backend.record(
                        "embed backward",
                        k ->
                                network.embedder()
                                        .backward(k, patches, labels, d, dCondition, gradients)));
        return backward;
    }
}
