package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.solver.DifferentiableMap;
import dev.getj.solver.Linearization;

import java.util.ArrayList;
import java.util.List;

/**
 * f of a network, one pass over its equilibrium blocks, on batches of one size, with its
 * derivative: fill {@link #noise} and {@link #labels}, call {@link #inject}, then solve. Every
 * block is a program of its own, forward and backward.
 */
public final class EquilibriumMap implements DifferentiableMap {
    private final Network network;
    private final BlockApplications blocks;
    private final InjectionPass injection;
    private final int batch;
    private final EquilibriumPass pass;

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
        pass =
                new EquilibriumPass(
                        network,
                        injection.u(),
                        injection.condition(),
                        network.activations(batch, config.equilibriumHidden(), false),
                        network.allocateState(batch));
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
        return pass.state();
    }

    @Override
    public Tensor next() {
        return pass.next();
    }

    @Override
    public void apply() {
        pass.apply();
    }

    @Override
    public Linearization linearization() {
        return new AtOneState();
    }

    private final class AtOneState implements Linearization {
        private final Tensor z = network.allocateState(batch);
        private final Tensor fz;
        private final Tensor cotangent = network.allocateState(batch);
        private final Tensor product = network.allocateState(batch);
        private final List<Program> evaluate = new ArrayList<>();
        private final List<Program> pullBack = new ArrayList<>();
        private final List<Program> pullBackAll = new ArrayList<>();

        AtOneState() {
            List<BlockApplications.Application> applications = new ArrayList<>();
            Tensor x = z;
            for (int m = 0; m < network.config().equilibriumDepth(); m++) {
                Tensor y = network.allocateState(batch);
                BlockApplications.Application application = blocks.equilibrium(m, x, y, injection);
                applications.add(application);
                evaluate.add(blocks.forward(application));
                x = y;
            }
            fz = x;
            // a block turns the gradient of its result, in place, into that of its argument
            Program begin = backend().record("begin", k -> k.copy(cotangent, product));
            pullBack.add(begin);
            pullBackAll.add(begin);
            for (BlockApplications.Application each : applications.reversed()) {
                pullBack.add(blocks.backwardToInput(each, product));
                pullBackAll.add(blocks.backward(each, product));
            }
        }

        @Override
        public Tensor state() {
            return z;
        }

        @Override
        public Tensor next() {
            return fz;
        }

        @Override
        public Tensor cotangent() {
            return cotangent;
        }

        @Override
        public Tensor product() {
            return product;
        }

        @Override
        public void evaluate() {
            evaluate.forEach(Program::run);
        }

        @Override
        public void pullBack() {
            pullBack.forEach(Program::run);
        }

        @Override
        public void pullBackAll() {
            pullBackAll.forEach(Program::run);
        }
    }
}
