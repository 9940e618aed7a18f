package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What every network begins with: image → patches → tokens, at fixed positions → blocks → h; and
 * the class embedding, which all blocks share.
 */
final class Trunk {
    private static final String PATCHES = "x_embedder.proj";
    private static final String CLASSES = "y_embedder.embedding_table.weight";

    private final LinearLayer projection;
    private final Tensor position;
    private final Optional<Tensor> table;
    private final BlockStack blocks;

    /**
     * @param factors of which the weights of blocks are taken
     */
    Trunk(ModelConfig config, Parameters weights, Parameters factors) {
        projection = LinearLayer.of(weights, PATCHES);
        position = weights.tensor(ParameterTable.POSITION).reshape(config.tokens(), config.width());
        table = config.conditional() ? Optional.of(weights.tensor(CLASSES)) : Optional.empty();
        blocks = BlockStack.injection(config, weights, factors);
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
         * @param c the condition, [B, 3D], injected into all blocks
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
            LinearLayer projection = trunk.projection;
            k.patchify(images, PatchOrder.CHANNEL_FIRST, patches);
            k.linearResidual(
                    patches, projection.weight(), projection.bias(), trunk.position, embedded);
            trunk.table.ifPresent(rows -> k.embedding(rows, labels, c.orElseThrow()));
        }

        // d is the gradient of what was embedded, dC that of c, summed over all blocks
        void embedBackward(Kernels k, Tensor d, Optional<Tensor> dC, Parameters gradients) {
            Block.clearKeys(k, dC, gradients);
            // embedded = patches · Wᵀ + b + position
            LinearLayer dProjection = LinearLayer.of(gradients, PATCHES);
            k.linearBackwardWeight(d, patches, dProjection.weight(), dProjection.bias());
            // c = table[labels]
            if (trunk.table.isPresent()) {
                k.embeddingBackward(dC.orElseThrow(), labels, gradients.tensor(CLASSES));
            }
        }
    }
}
