package dev.getj.model;

import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Memory and backward passes of blocks that are differentiated, a program a block: on a device,
 * blocks of one shape are then compiled once. Either each application keeps its activations, or all
 * share the memory of one and compute it again in the backward pass: the same kernels on the same
 * numbers, so identical gradients, for one more forward pass.
 */
final class TrainingWorkspace implements BlockStack.Workspace<Output.Saved> {
    private final Space space;
    private final Parameters gradients;
    private final Optional<Block.Activations<Output.Saved>> shared;
    private final Block.Scratch scratch;
    private final NormLayer unread;

    /**
     * @param gradients receives, added up, the gradients of all layers
     * @param recompute trade time for memory
     */
    TrainingWorkspace(Space space, Parameters gradients, boolean recompute) {
        this.space = space;
        this.gradients = gradients;
        int widest = space.config().widestHidden();
        int width = space.config().width();
        shared = recompute ? Optional.of(Block.Activations.saved(space, widest)) : Optional.empty();
        scratch = Block.Scratch.allocate(space, space.mixed() ? Math.max(widest, u()) : widest);
        unread = new NormLayer(space.backend().allocate(width), space.backend().allocate(width));
    }

    // columns of u, whose gradient is rounded in the same memory; 0 for a ViT
    private int u() {
        return switch (space.config().kind()) {
            case ModelConfig.Vit _ -> 0;
            case ModelConfig.Get(ModelConfig.Stack equilibrium, var _, var _) ->
                    3 * space.config().width() * equilibrium.depth();
        };
    }

    Space space() {
        return space;
    }

    /** Memory that no block needs between two blocks. */
    Block.Scratch scratch() {
        return scratch;
    }

    Parameters gradients() {
        return gradients;
    }

    /** Where gradients of norms go that no one reads. */
    NormLayer unread() {
        return unread;
    }

    @Override
    public Tensor output() {
        return space.state();
    }

    @Override
    public Block.Activations<Output.Saved> activations(Block block) {
        return shared.map(wide -> fit(wide, block))
                .orElseGet(() -> Block.Activations.saved(space, block.hidden()));
    }

    // the same memory for a block with a smaller hidden width
    private Block.Activations<Output.Saved> fit(Block.Activations<Output.Saved> wide, Block block) {
        return new Block.Activations<>(
                wide.normed1(),
                wide.qkv(),
                wide.attended(),
                wide.middle(),
                wide.normed2(),
                new Output.Saved(
                        fit(wide.hidden().value(), block), fit(wide.hidden().saved(), block)));
    }

    private Tensor fit(Tensor wide, Block block) {
        return wide.view(0, wide.dim(0), wide.dim(1), block.hidden());
    }

    /**
     * Records the backward pass of a stack, from its last block to its first.
     *
     * @param dInjected receives, added up, the gradients of what was injected
     * @param d holds the gradient of what leaves the stack and receives that of what enters it
     */
    List<Program> backward(
            BlockStack.Applied<Output.Saved> stack, Block.Injections dInjected, Tensor d) {
        return backward(
                "block backward",
                stack,
                block -> {
                    Block.Layers layers = Block.Layers.of(gradients, block.prefix());
                    return new Block.Gradients(Optional.of(layers), dInjected, unread);
                },
                d);
    }

    /** The same without gradients of parameters and injections. */
    List<Program> backwardToInput(BlockStack.Applied<Output.Saved> stack, Tensor d) {
        Block.Gradients none = new Block.Gradients(Optional.empty(), Block.Injections.NONE, unread);
        return backward("block backward to input", stack, _ -> none, d);
    }

    private List<Program> backward(
            String name,
            BlockStack.Applied<Output.Saved> stack,
            Function<Block, Block.Gradients> gradientsOf,
            Tensor d) {
        return stack.applications().reversed().stream()
                .map(each -> backward(name, each, gradientsOf.apply(each.block()), d))
                .toList();
    }

    private Program backward(
            String name, Block.Application<Output.Saved> at, Block.Gradients wanted, Tensor d) {
        Block block = at.block();
        Block.Scratch fitted =
                new Block.Scratch(
                        scratch.dNormed(),
                        scratch.dQkv(),
                        fit(scratch.dHidden(), block),
                        scratch.rounded());
        return space.backend()
                .record(
                        name,
                        k -> {
                            if (shared.isPresent()) {
                                block.recompute(k, at.x(), at.injected(), at.activations());
                            }
                            block.backward(k, at, fitted, wanted, d);
                        });
    }
}
