package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.DifferentiableMap;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Linearization;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The stage z → block₁ … block_M → z of a GET, on batches of one size, with its derivative: fill
 * {@link #noise} and {@link #labels}, call {@link #inject}, then solve an {@link #evaluation} or go
 * through an {@link dev.getj.solver.Equilibrium}. Every block is a program of its own, forward and
 * backward.
 */
public final class EquilibriumMap implements DifferentiableMap {
    private final Network network;
    private final BlockApplications blocks;
    private final InjectionPass injection;
    private final int batch;
    private final Tensor start;

    /**
     * @param gradients receives, added up, the gradients of the equilibrium blocks
     */
    public EquilibriumMap(Network network, Parameters gradients, int batch) {
        this(network, new BlockApplications(network, gradients, batch, false), gradients, batch);
    }

    private EquilibriumMap(
            Network network, BlockApplications blocks, Parameters gradients, int batch) {
        this(network, blocks, new InjectionPass(network, blocks, gradients, batch), batch);
    }

    EquilibriumMap(Network network, BlockApplications blocks, InjectionPass injection, int batch) {
        this.network = network;
        this.blocks = blocks;
        this.injection = injection;
        this.batch = batch;
        ModelConfig config = network.config();
        if (!config.equilibrium()) {
            throw new IllegalArgumentException(
                    "%s has no equilibrium to solve for".formatted(config.describe()));
        }
        start = network.allocateState(batch);
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return injection.noise();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return injection.labels();
    }

    /** Runs embedding, injection transformer and injection: once per batch of noise. */
    public void inject() {
        injection.forward().forEach(Program::run);
    }

    @Override
    public Backend backend() {
        return network.backend();
    }

    @Override
    public Tensor state() {
        return start;
    }

    @Override
    public FixedPointMap evaluation() {
        return new EquilibriumPass(
                network,
                injection.u(),
                injection.condition(),
                network.activations(batch, network.config().equilibriumHidden(), false),
                network.allocateState(batch));
    }

    @Override
    public Linearization linearization(Tensor z, Tensor gradient) {
        List<BlockApplications.Application> applications = new ArrayList<>();
        Tensor x = z;
        for (int m = 0; m < network.config().equilibriumDepth(); m++) {
            Tensor y = network.allocateState(batch);
            applications.add(blocks.equilibrium(m, x, y, injection));
            x = y;
        }
        return new Recorded(applications, x, gradient);
    }

    private final class Recorded implements Linearization {
        private final List<BlockApplications.Application> reversed;
        private final Tensor fz;
        private final Tensor gradient;
        private final List<Program> evaluate;

        Recorded(List<BlockApplications.Application> applications, Tensor fz, Tensor gradient) {
            reversed = applications.reversed();
            this.fz = fz;
            this.gradient = gradient;
            evaluate = applications.stream().map(blocks::forward).toList();
        }

        @Override
        public Tensor next() {
            return fz;
        }

        @Override
        public void evaluate() {
            evaluate.forEach(Program::run);
        }

        // a block turns the gradient of its result, in place, into that of its argument
        @Override
        public Runnable pullBack() {
            return all(reversed.stream().map(each -> blocks.backwardToInput(each, gradient)));
        }

        @Override
        public Runnable pullBackAll() {
            return all(reversed.stream().map(each -> blocks.backward(each, gradient)));
        }

        private static Runnable all(Stream<Program> recorded) {
            List<Program> programs = recorded.toList();
            return () -> programs.forEach(Program::run);
        }
    }
}
