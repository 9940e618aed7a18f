package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

/**
 * Records applications of blocks that are to be differentiated, a program each: on a device, blocks
 * of one shape are then compiled once. Either each application keeps its activations, or all share
 * the memory of one and compute it again on the way back: the same kernels on the same numbers, so
 * the same gradients to the bit, for one more forward pass.
 */
final class BlockApplications {
    private final Network network;
    private final ModelConfig config;
    private final Backend backend;
    private final int batch;
    private final Parameters gradients;
    private final Block.Activations shared;
    private final Block.Scratch scratch;
    private final NormLayer unread;

    /** One application: {@code y = block(x)}, [B, N, D]. */
    record Application(
            Block block,
            Block.Layers gradients,
            Block.Injections in,
            Block.Injections out,
            Tensor x,
            Tensor y,
            Block.Activations activations,
            int hidden) {}

    /**
     * @param gradients receives the gradients of all blocks
     * @param recompute trade time for memory
     */
    BlockApplications(Network network, Parameters gradients, int batch, boolean recompute) {
        this.network = network;
        this.gradients = gradients;
        this.batch = batch;
        config = network.config();
        backend = network.backend();
        int widest = Math.max(config.hidden(), config.equilibriumHidden());
        shared = recompute ? network.activations(batch, widest, true) : null;
        scratch = Block.Scratch.allocate(backend, batch, config.tokens(), config.width(), widest);
        unread = new NormLayer(backend.allocate(config.width()), backend.allocate(config.width()));
    }

    boolean recompute() {
        return shared != null;
    }

    /** Injection block {@code i} on x, with its own output. */
    Application injection(int i, Tensor x, Tensor condition, Tensor dCondition) {
        return new Application(
                network.injectionBlocks().get(i),
                Block.Layers.of(gradients, "blocks." + i + "."),
                new Block.Injections(null, 0, condition),
                new Block.Injections(null, 0, dCondition),
                x,
                network.allocateState(batch),
                activations(config.hidden()),
                config.hidden());
    }

    /**
     * Equilibrium block {@code m} on x.
     *
     * @param in what the blocks are told, all of it
     */
    Application equilibrium(int m, Tensor x, Tensor y, InjectionPass in) {
        return new Application(
                network.equilibriumBlocks().get(m),
                Block.Layers.of(gradients, "deq_blocks." + m + "."),
                network.injections(in.u(), m, in.condition()),
                network.injections(in.dU(), m, in.dCondition()),
                x,
                y,
                activations(config.equilibriumHidden()),
                config.equilibriumHidden());
    }

    private Block.Activations activations(int hidden) {
        if (shared == null) {
            return network.activations(batch, hidden, true);
        }
        return new Block.Activations(
                shared.normed1(),
                shared.statistics1(),
                shared.qkv(),
                shared.attended(),
                shared.logSumExp(),
                shared.middle(),
                shared.normed2(),
                shared.statistics2(),
                fit(shared.preActivation(), hidden),
                fit(shared.hidden(), hidden));
    }

    // the same memory for a block with a smaller hidden width
    private Tensor fit(Tensor wide, int hidden) {
        return wide.view(0, batch, config.tokens(), hidden);
    }

    Program forward(Application a) {
        return backend.record("block", k -> a.block.forward(k, a.x, a.in, a.activations, a.y));
    }

    /**
     * The way back.
     *
     * @param d holds the gradient of y and receives that of x
     */
    Program backward(Application a, Tensor d) {
        return backward("block backward", a, a.gradients, a.out, d);
    }

    /** The same without gradients of parameters and injections. */
    Program backwardToInput(Application a, Tensor d) {
        return backward(
                "block backward to input",
                a,
                Block.Layers.discarding(unread),
                Block.Injections.NONE,
                d);
    }

    private Program backward(
            String name, Application a, Block.Layers layers, Block.Injections out, Tensor d) {
        Block.Scratch fitted =
                new Block.Scratch(
                        scratch.dNormed(), scratch.dQkv(), fit(scratch.dHidden(), a.hidden));
        return backend.record(
                name,
                k -> {
                    if (recompute()) {
                        a.block.recompute(k, a.x, a.in, a.activations);
                    }
                    a.block.backward(k, a.x, a.activations, fitted, layers, out, d);
                });
    }
}
