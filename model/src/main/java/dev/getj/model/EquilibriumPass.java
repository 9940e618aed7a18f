package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.CompactingMap;
import dev.getj.solver.FixedPointMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * f of a GET as a solver evaluates it: one pass over the equilibrium blocks, keeping nothing for a
 * backward pass. A program a block: on a device, blocks of one shape are compiled once; a program
 * for all blocks where they are short.
 */
public final class EquilibriumPass implements FixedPointMap {
    /** So few samples take a device about as long as starting a program does. */
    private static final int SMALL_BATCH = 4;

    /**
     * A device takes a block of so many numbers about a millisecond, and the start of a program a
     * twentieth of that.
     */
    private static final int SHORT_BLOCK = 1 << 23;

    /**
     * True if blocks are so short that a program is to have several. A solver may then run a whole
     * pass in one with its own operations, which costs compiling all of its blocks.
     */
    static boolean isShort(Space space) {
        ModelConfig config = space.config();
        long block = (long) space.batch() * config.tokens() * config.width();
        return space.batch() <= SMALL_BATCH || space.backend().compiles() && block <= SHORT_BLOCK;
    }

    private final Network.Get network;
    private final Space space;
    private final Block.Injections injected;
    private final Block.Activations<Output.Value> activations;
    private final Tensor state;
    private final BlockStack.Applied<Output.Value> blocks;
    private final Tensor next;
    private final List<Program> programs = new ArrayList<>();

    /**
     * @param injected what is added in the blocks; filled before f is evaluated
     * @param activations may be of more samples and wider blocks
     */
    EquilibriumPass(
            Network.Get network,
            Space space,
            Block.Injections injected,
            Block.Activations<Output.Value> activations) {
        this.network = network;
        this.space = space;
        this.injected = injected;
        this.activations = activations;
        state = space.state();
        blocks =
                network.equilibrium()
                        .on(state, injected, new BlockStack.Reused(activations, space.state()));
        programs.addAll(
                blocks.record(
                        space.backend(),
                        "equilibrium block",
                        isShort(space) ? Math.max(1, blocks.applications().size()) : 1));
        next = network.norm().isPresent() ? space.state() : blocks.y();
        if (network.norm().isPresent()) {
            programs.add(space.backend().record("equilibrium norm", this::normalise));
        }
    }

    private void normalise(Kernels k) {
        network.norm().ifPresent(norm -> norm.forward(k, blocks.y(), new Output.Value(next)));
    }

    private void launch(Kernels k) {
        blocks.forward(k);
        normalise(k);
    }

    /**
     * The same map, from which samples may leave: then those that are left are computed in smaller
     * batches, of a half, a quarter and so on, in the memory of this one.
     */
    public CompactingMap compacting() {
        List<CompactingMap.Sized> smaller = new ArrayList<>();
        for (int size = space.batch() / 2; size >= 1; size /= 2) {
            Space small = space.of(size);
            smaller.add(
                    new EquilibriumPass(
                                    network,
                                    small,
                                    small.injectionsOfSampling(small.classes()),
                                    activations)
                            .sized());
        }
        return new CompactingMap(sized(), smaller);
    }

    private CompactingMap.Sized sized() {
        return new CompactingMap.Sized(this, injected.tensors());
    }

    @Override
    public Backend backend() {
        return space.backend();
    }

    @Override
    public Tensor state() {
        return state;
    }

    @Override
    public Tensor next() {
        return next;
    }

    @Override
    public void apply() {
        programs.forEach(Program::run);
    }

    @Override
    public Optional<Consumer<Kernels>> launches() {
        return isShort(space) ? Optional.of(this::launch) : Optional.empty();
    }
}
