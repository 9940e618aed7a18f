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
 * One pass over the equilibrium blocks of a network, keeping nothing for a way back: f as a solver
 * evaluates it. A program a block: on a device, blocks of one shape are compiled once.
 */
final class EquilibriumPass implements FixedPointMap {
    /**
     * So few samples take a device about as long as starting a program does. A solver may then run
     * the whole pass in one, which costs compiling all of its blocks.
     */
    private static final int SMALL_BATCH = 4;

    static boolean few(int batch) {
        return batch <= SMALL_BATCH;
    }

    private final Network network;
    private final Tensor u;
    private final Tensor condition;
    private final Block.Activations activations;
    private final Tensor state;
    private final Tensor next;
    private final List<Consumer<Kernels>> pass = new ArrayList<>();
    private final List<Program> blocks = new ArrayList<>();

    /**
     * @param u [B, N, 3D·M]
     * @param condition [B, 3D], or null
     * @param activations may hold more samples than there are
     * @param state z, [B, N, D]
     */
    EquilibriumPass(
            Network network,
            Tensor u,
            Tensor condition,
            Block.Activations activations,
            Tensor state) {
        this.network = network;
        this.u = u;
        this.condition = condition;
        this.activations = activations;
        this.state = state;
        int batch = state.dim(0);
        next = network.allocateState(batch);
        Block.Activations a = activations.first(batch);
        for (int m = 0; m < network.config().equilibriumDepth(); m++) {
            Block block = network.equilibriumBlocks().get(m);
            Tensor x = m == 0 ? state : next;
            Block.Injections injections = network.injections(u, m, condition);
            pass.add(k -> block.forward(k, x, injections, a, next));
        }
        pass.forEach(launches -> blocks.add(backend().record("equilibrium block", launches)));
    }

    /** The same map for fewer samples, with inputs of its own and in the memory of this one. */
    EquilibriumPass smaller(int batch) {
        return new EquilibriumPass(
                network,
                network.allocateInjection(batch),
                network.allocateCondition(batch),
                activations,
                network.allocateState(batch));
    }

    CompactingMap.Sized sized() {
        return new CompactingMap.Sized(
                this, condition == null ? List.of(u) : List.of(u, condition));
    }

    @Override
    public Backend backend() {
        return network.backend();
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
        blocks.forEach(Program::run);
    }

    @Override
    public Optional<Consumer<Kernels>> launches() {
        return few(state.dim(0))
                ? Optional.of(k -> pass.forEach(launches -> launches.accept(k)))
                : Optional.empty();
    }
}
