package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What every network begins with: {@code image → patches → blocks → h}. */
record Trunk(Embedder embedder, BlockStack blocks) {
    static Trunk of(ModelConfig config, Parameters weights) {
        return new Trunk(new Embedder(config, weights), BlockStack.injection(config, weights));
    }

    /**
     * Records the backward pass of a trunk.
     *
     * @param dC the gradient of c; receives what the blocks add to it
     * @param d the gradient of h, overwritten
     */
    static List<Program> backward(
            Pass<Output.Saved> pass, TrainingWorkspace workspace, Optional<Tensor> dC, Tensor d) {
        List<Program> programs = new ArrayList<>();
        programs.addAll(workspace.backward(pass.blocks, Block.Injections.ofCondition(dC), d));
        programs.add(
                pass.backend.record(
                        "embed backward",
                        k -> pass.embedBackward(k, d, dC, workspace.gradients())));
        return programs;
    }

    /**
     * A trunk on batches of one size.
     *
     * @param <A> whether a backward pass can follow
     */
    static final class Pass<A extends Output> {
        private final Trunk trunk;
        private final Backend backend;
        private final Tensor images;
        private final IntTensor labels;
        private final Tensor patches;
        private final Optional<Tensor> c;
        private final Tensor embedded;
        private final BlockStack.Applied<A> blocks;

        /**
         * @param c what all blocks are told, [B, 3D]
         */
        Pass(Trunk trunk, Space space, Optional<Tensor> c, BlockStack.Workspace<A> workspace) {
            this.trunk = trunk;
            this.c = c;
            backend = space.backend();
            images = space.images();
            labels = space.labels();
            patches = space.patches();
            embedded = workspace.output();
            blocks = trunk.blocks.on(embedded, Block.Injections.ofCondition(c), workspace);
        }

        /** What goes in, [B, C, S, S]. */
        Tensor images() {
            return images;
        }

        /** Class labels, [B]; not read where there are no classes. */
        IntTensor labels() {
            return labels;
        }

        /** What leaves the blocks, [B, N, D]. */
        Tensor h() {
            return blocks.y();
        }

        BlockStack.Applied<A> blocks() {
            return blocks;
        }

        /** A program that embeds, and programs of so many blocks each. */
        List<Program> forward(int together) {
            List<Program> programs = new ArrayList<>();
            programs.add(backend.record("embed", this::embed));
            programs.addAll(blocks.record(backend, "blocks", together));
            return programs;
        }

        void embed(Kernels k) {
            trunk.embedder.forward(k, images, patches, embedded);
            trunk.embedder.classes(k, labels, c);
        }

        // d is the gradient of what was embedded, dC that of c
        void embedBackward(Kernels k, Tensor d, Optional<Tensor> dC, Parameters gradients) {
            trunk.embedder.backward(k, patches, d, gradients);
            trunk.embedder.classesBackward(k, labels, dC, gradients);
        }
    }
}
