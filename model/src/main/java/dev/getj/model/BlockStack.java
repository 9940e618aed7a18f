package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The blocks of a transformer, one after the other. */
record BlockStack(List<Block> blocks) {
    /** The blocks of the injection transformer, or of a ViT, into which only c is injected. */
    static BlockStack injection(ModelConfig config, Parameters weights) {
        return of(weights, "blocks.", config.blocks().depth(), config.heads(), 0);
    }

    /** The blocks of the equilibrium map; part m of u is injected into block m. */
    static BlockStack equilibrium(ModelConfig config, Parameters weights) {
        int depth = config.kind().blocks().depth();
        return of(weights, "deq_blocks.", depth, config.heads(), 3 * config.width());
    }

    private static BlockStack of(
            Parameters weights, String name, int depth, int heads, int columns) {
        return new BlockStack(
                IntStream.range(0, depth)
                        .mapToObj(
                                i -> {
                                    String prefix = name + i + ".";
                                    Block.Layers layers = Block.Layers.of(weights, prefix);
                                    return new Block(prefix, layers, heads, i * columns);
                                })
                        .toList());
    }

    /**
     * The stack on x, [B, N, D].
     *
     * @param workspace gives the tensors that the blocks write
     */
    <A extends Output> Applied<A> on(Tensor x, Block.Injections injected, Workspace<A> workspace) {
        List<Block.Application<A>> applications = new ArrayList<>();
        Tensor state = x;
        for (Block block : blocks) {
            Tensor y = workspace.output();
            applications.add(
                    new Block.Application<>(
                            block, state, injected, workspace.activations(block), y));
            state = y;
        }
        return new Applied<>(applications, state);
    }

    /** Where blocks leave what they compute. */
    interface Workspace<A extends Output> {
        Block.Activations<A> activations(Block block);

        /** For the result of the next block, [B, N, D]. */
        Tensor output();
    }

    /**
     * Keeps nothing for a backward pass: all blocks compute in the same tensors.
     *
     * @param activations of as many samples or more, and of the widest block
     */
    record Reused(Block.Activations<Output.Value> activations, Tensor output)
            implements Workspace<Output.Value> {
        @Override
        public Block.Activations<Output.Value> activations(Block block) {
            int width = output.dim(2);
            Output.Value normed = new Output.Value(first(activations.normed1().value(), width));
            return new Block.Activations<>(
                    normed,
                    first(activations.qkv(), 3 * width),
                    normed,
                    first(activations.middle(), width),
                    normed,
                    new Output.Value(first(activations.hidden().value(), block.hidden())));
        }

        private Tensor first(Tensor tensor, int features) {
            return tensor.view(0, output.dim(0), output.dim(1), features);
        }
    }

    /**
     * A stack with all its tensors.
     *
     * @param y what leaves the last block, x if there is none
     */
    record Applied<A extends Output>(List<Block.Application<A>> applications, Tensor y) {
        void forward(Kernels k) {
            applications.forEach(each -> each.forward(k));
        }

        /**
         * Programs of a number of blocks each. On a device, programs of equal shape are compiled
         * once, so fewer blocks are compiled sooner; starting a program takes time, too.
         */
        List<Program> record(Backend backend, String name, int together) {
            List<Program> programs = new ArrayList<>();
            for (int i = 0; i < applications.size(); i += together) {
                int end = Math.min(i + together, applications.size());
                Applied<A> some = new Applied<>(applications.subList(i, end), y);
                programs.add(backend.record(name, some::forward));
            }
            return programs;
        }
    }
}
