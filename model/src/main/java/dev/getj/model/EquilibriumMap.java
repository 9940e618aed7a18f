package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.DifferentiableMap;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Linearization;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The stages of a GET before its decoder, on batches of one size, with their derivatives: fill
 * {@link #noise} and {@link #labels}, call {@link #inject}, then solve an {@link #evaluation} of z
 * → block₁ … block_M → z or go through an {@link dev.getj.solver.Equilibrium}. Every block is a
 * program of its own, forward and backward.
 */
public final class EquilibriumMap implements DifferentiableMap {
    private final Network.Get network;
    private final TrainingWorkspace workspace;
    private final Space space;
    private final Trunk.Pass<Output.Saved> trunk;
    private final Block.Injections injected;
    private final Block.Injections dInjected;
    private final List<Program> inject = new ArrayList<>();
    private final Tensor start;

    /** For a gradient that is computed apart: of a state before it was normalised, or of z₀. */
    private final Optional<Tensor> scratch;

    /**
     * @param gradients receives, added up, the gradients of all parameters
     * @throws IllegalArgumentException if the network is a ViT
     */
    public EquilibriumMap(Network network, Parameters gradients, int batch) {
        this(solvable(network), new TrainingWorkspace(network.space(batch), gradients, false));
    }

    private static Network.Get solvable(Network network) {
        return switch (network.body()) {
            case Network.Get get -> get;
            case Network.Vit _ ->
                    throw new IllegalArgumentException(
                            "%s has no equilibrium to solve for"
                                    .formatted(network.config().describe()));
        };
    }

    EquilibriumMap(Network.Get network, TrainingWorkspace workspace) {
        this.network = network;
        this.workspace = workspace;
        space = workspace.space();
        injected = space.injections(space.classes());
        dInjected = space.injections(space.classes());
        start = space.state();
        scratch =
                network.norm().isPresent() || startsAtInjection()
                        ? Optional.of(space.state())
                        : Optional.empty();
        Injection injection = network.injection();
        trunk = new Trunk.Pass<>(injection.trunk(), space, injected.c(), workspace);
        inject.addAll(trunk.forward(1));
        inject.add(
                backend()
                        .record(
                                "inject",
                                k ->
                                        injection.forward(
                                                k,
                                                trunk.h(),
                                                workspace.scratch().dNormed(),
                                                u(injected))));
        if (startsAtInjection()) {
            inject.add(backend().record("start", k -> k.copy(trunk.h(), start)));
        }
    }

    private boolean startsAtInjection() {
        return network.start() == ModelConfig.Start.INJECTION;
    }

    /**
     * Records what z₀ is: normal variates, or what {@link #inject} computed.
     *
     * @param key of the variates
     */
    public void begin(Kernels k, IntTensor key, Tensor z0) {
        switch (network.start()) {
            case NOISE -> k.normal(key, z0);
            case INJECTION -> k.copy(trunk.h(), z0);
        }
    }

    private static Tensor u(Block.Injections injections) {
        return injections.u().orElseThrow();
    }

    Trunk.Pass<Output.Saved> trunk() {
        return trunk;
    }

    /** The {@link #state} of a network that begins at noise, for the caller to fill. */
    Optional<Tensor> drawn() {
        return startsAtInjection() ? Optional.empty() : Optional.of(start);
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return trunk.images();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return trunk.labels();
    }

    /**
     * Runs embedding, injection transformer and injection: once per batch of noise. Fills the {@link
     * #state} of a network that starts at its injection.
     */
    public void inject() {
        inject.forEach(Program::run);
    }

    /** Clears the gradients of u and c, which every application of f adds to. */
    void clear(Kernels k) {
        k.fill(0, u(dInjected));
        dInjected.c().ifPresent(dC -> k.fill(0, dC));
    }

    /**
     * Records the backward pass of {@link #inject}, from the gradients of u and c.
     *
     * @param d [B, N, D], overwritten
     * @param fromStart whether d holds the gradient of z₀, which is also that of h where the network
     *     starts there
     */
    List<Program> injectBackward(Tensor d, boolean fromStart) {
        List<Program> backward = new ArrayList<>();
        boolean both = fromStart && startsAtInjection();
        backward.add(
                backend()
                        .record(
                                "inject backward",
                                k -> injectBackward(k, d, both ? scratch : Optional.empty())));
        backward.addAll(Trunk.backward(trunk, workspace, dInjected.c(), d));
        return backward;
    }

    // h gives u and, where dStart is there, z₀ as well
    private void injectBackward(Kernels k, Tensor d, Optional<Tensor> dStart) {
        dStart.ifPresent(it -> k.copy(d, it));
        network.injection()
                .backward(
                        k, u(dInjected), trunk.h(), workspace.gradients(), workspace.scratch(), d);
        dStart.ifPresent(it -> k.add(it, d));
    }

    @Override
    public Backend backend() {
        return space.backend();
    }

    @Override
    public Tensor state() {
        return start;
    }

    @Override
    public FixedPointMap evaluation() {
        int hidden = space.config().kind().blocks().hidden(space.config().width());
        return new EquilibriumPass(
                network, space, injected, Block.Activations.values(space, hidden));
    }

    @Override
    public Linearization linearization(Tensor z, Tensor gradient) {
        return new Recorded(network.equilibrium().on(z, injected, workspace), gradient);
    }

    private final class Recorded implements Linearization {
        private final BlockStack.Applied<Output.Saved> blocks;
        private final Optional<Output.Saved> normed;
        private final Tensor gradient;
        private final List<Program> evaluate = new ArrayList<>();

        Recorded(BlockStack.Applied<Output.Saved> blocks, Tensor gradient) {
            this.blocks = blocks;
            this.gradient = gradient;
            evaluate.addAll(blocks.record(backend(), "block", 1));
            normed = network.norm().map(_ -> saved());
            network.norm()
                    .ifPresent(
                            norm ->
                                    evaluate.add(
                                            backend()
                                                    .record(
                                                            "equilibrium norm",
                                                            k ->
                                                                    norm.forward(
                                                                            k,
                                                                            blocks.y(),
                                                                            normed
                                                                                    .orElseThrow()))));
        }

        private Output.Saved saved() {
            int[] state = blocks.y().shape();
            int[] statistics = {state[0], state[1], 2};
            List<Tensor> both = backend().allocateTogether(state, statistics);
            return new Output.Saved(both.get(0), both.get(1));
        }

        // the gradient of f(z) becomes, in place, that of what leaves the blocks
        private List<Program> denormalise(NormLayer gradients) {
            return network.norm().stream()
                    .map(
                            norm ->
                                    backend()
                                            .record(
                                                    "equilibrium norm backward",
                                                    k ->
                                                            norm.backward(
                                                                    k,
                                                                    blocks.y(),
                                                                    normed.orElseThrow(),
                                                                    gradients,
                                                                    scratch.orElseThrow(),
                                                                    gradient)))
                    .toList();
        }

        @Override
        public Tensor next() {
            return normed.map(Output.Saved::value).orElse(blocks.y());
        }

        @Override
        public void evaluate() {
            evaluate.forEach(Program::run);
        }

        // a block turns the gradient of its result, in place, into that of its argument
        @Override
        public Runnable pullBack() {
            List<Program> programs = new ArrayList<>(denormalise(workspace.unread()));
            programs.addAll(workspace.backwardToInput(blocks, gradient));
            return all(programs);
        }

        @Override
        public Runnable pullBackAll() {
            List<Program> programs =
                    new ArrayList<>(
                            network.norm().isEmpty()
                                    ? List.of()
                                    : denormalise(
                                            NormLayer.of(workspace.gradients(), StateNorm.NAME)));
            programs.addAll(workspace.backward(blocks, dInjected, gradient));
            return all(programs);
        }

        private static Runnable all(List<Program> programs) {
            return () -> programs.forEach(Program::run);
        }
    }
}
