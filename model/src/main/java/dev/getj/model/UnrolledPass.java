package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Loss and gradient of a network on batches of one size: from z₀, unroll the equilibrium map,
 * decode every state, go back through all of it.
 *
 * <pre>
 * noise → embed → blocks → h → u
 *                              ↓ (to every iteration)
 *                   z₀ → f → z₁ → f → z₂ … → z_k
 *                        ↓         ↓           ↓
 *                      loss₁     loss₂       loss_k
 * </pre>
 *
 * With {@code recompute}, only the inputs of the blocks are kept and a block's activations are
 * computed again in its backward: the same kernels on the same numbers, so the same gradients to
 * the bit, for one more forward pass.
 */
public final class UnrolledPass {
    private final Network network;
    private final ModelConfig config;
    private final Objective objective;
    private final int batch;
    private final boolean recompute;
    private final Parameters gradients;

    private final Tensor noise;
    private final Tensor target;
    private final IntTensor labels;
    private final Tensor start;
    private final List<Tensor> images = new ArrayList<>();
    private final Tensor losses;
    private final List<Program> programs = new ArrayList<>();

    // what the forward pass hands to all blocks, and its gradients
    private final Tensor patches;
    private final Tensor condition;
    private final Tensor u;
    private final Tensor dCondition;
    private final Tensor dU;
    private final Block.Activations shared;

    /** One application of a block: what it read, and its activations if they are kept. */
    private record Step(
            Block block,
            Block.Layers gradients,
            Block.Injections in,
            Block.Injections out,
            Tensor x,
            Block.Activations kept,
            int hidden) {}

    private final List<Step> injectionSteps = new ArrayList<>();
    private final List<List<Step>> iterations = new ArrayList<>();

    /**
     * @param gradients receives the gradient of each batch, overwritten by {@link #run}
     * @param recompute trade time for memory
     */
    public UnrolledPass(
            Network network,
            Parameters gradients,
            Objective objective,
            int batch,
            boolean recompute) {
        this.network = network;
        this.config = network.config();
        this.objective = objective;
        this.batch = batch;
        this.recompute = recompute;
        this.gradients = gradients;
        Backend backend = network.backend();
        noise = network.allocateImages(batch);
        target = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        start = network.allocateState(batch);
        patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        condition = network.allocateCondition(batch);
        dCondition = network.allocateCondition(batch);
        u = network.allocateInjection(batch);
        dU = network.allocateInjection(batch);
        shared = recompute ? network.activations(batch, widestHidden(), true) : null;
        int outputs = config.equilibrium() ? objective.iterations() : 1;
        losses = backend.allocate(outputs);
        Tensor h = recordInjection(backend);
        List<Tensor> states = config.equilibrium() ? recordIterations(backend) : List.of(h);
        recordBackward(backend, h, states);
    }

    private int widestHidden() {
        return Math.max(config.hidden(), config.equilibriumHidden());
    }

    // noise → h → u; returns h [B, N, D]
    private Tensor recordInjection(Backend backend) {
        Tensor embedded = network.allocateState(batch);
        program(
                backend,
                "embed",
                k -> network.embedder().forward(k, noise, labels, patches, condition, embedded));
        Tensor h = embedded;
        for (int i = 0; i < config.depth(); i++) {
            h =
                    forward(
                            backend,
                            injectionSteps,
                            new Step(
                                    network.injectionBlocks().get(i),
                                    Block.Layers.of(gradients, "blocks." + i + "."),
                                    new Block.Injections(null, 0, condition),
                                    new Block.Injections(null, 0, dCondition),
                                    h,
                                    kept(config.hidden()),
                                    config.hidden()));
        }
        if (config.equilibrium()) {
            Tensor last = h;
            program(backend, "inject", k -> network.inject(k, last, u));
        }
        return h;
    }

    // z₀ → z₁ → … ; returns the states after each iteration, [B, N, D]
    private List<Tensor> recordIterations(Backend backend) {
        List<Tensor> states = new ArrayList<>();
        Tensor z = start;
        for (int iteration = 0; iteration < objective.iterations(); iteration++) {
            List<Step> steps = new ArrayList<>();
            for (int m = 0; m < config.equilibriumDepth(); m++) {
                z =
                        forward(
                                backend,
                                steps,
                                new Step(
                                        network.equilibriumBlocks().get(m),
                                        Block.Layers.of(gradients, "deq_blocks." + m + "."),
                                        network.injections(u, m, condition),
                                        network.injections(dU, m, dCondition),
                                        z,
                                        kept(config.equilibriumHidden()),
                                        config.equilibriumHidden()));
            }
            iterations.add(steps);
            states.add(z);
        }
        return states;
    }

    // d is the gradient of the state at hand, from the last one back to the embedding
    private void recordBackward(Backend backend, Tensor h, List<Tensor> states) {
        Tensor d = network.allocateState(batch);
        Block.Scratch scratch =
                Block.Scratch.allocate(
                        backend, batch, config.tokens(), config.width(), widestHidden());
        program(backend, "clear gradients", k -> clear(k, d));
        Decoder.Activations decoding = Decoder.Activations.allocate(backend, config, batch, true);
        Tensor dImage = network.allocateImages(batch);
        for (int i = 0; i < states.size(); i++) {
            images.add(network.allocateImages(batch));
        }
        for (int i = states.size() - 1; i >= 0; i--) {
            int iteration = i;
            Tensor z = states.get(iteration);
            Tensor image = images.get(iteration);
            // the loss has its weight compiled in; what it stands between is the same each time
            program(backend, "decode", k -> network.decoder().forward(k, z, decoding, image));
            program(
                    backend,
                    "loss",
                    k ->
                            k.loss(
                                    objective.loss(),
                                    image,
                                    target,
                                    weight(iteration),
                                    losses.view(iteration, 1),
                                    dImage));
            program(
                    backend,
                    "decode backward",
                    k -> network.decoder().backward(k, z, decoding, dImage, gradients, d));
            if (config.equilibrium()) {
                iterations
                        .get(iteration)
                        .reversed()
                        .forEach(step -> backward(backend, step, scratch, d));
            }
        }
        if (config.equilibrium()) {
            program(
                    backend,
                    "inject backward",
                    k -> network.injectBackward(k, dU, h, gradients, d));
        }
        injectionSteps.reversed().forEach(step -> backward(backend, step, scratch, d));
        program(
                backend,
                "embed backward",
                k -> network.embedder().backward(k, patches, labels, d, dCondition, gradients));
    }

    private void clear(Kernels k, Tensor d) {
        k.fill(0, gradients.flat());
        k.fill(0, d);
        if (dU != null) {
            k.fill(0, dU);
        }
        if (dCondition != null) {
            k.fill(0, dCondition);
        }
    }

    private float weight(int iteration) {
        return config.equilibrium() ? (float) objective.weight(iteration) : 1;
    }

    private void program(Backend backend, String name, Consumer<Kernels> launches) {
        programs.add(backend.record(name, launches));
    }

    private Block.Activations kept(int hidden) {
        return recompute ? null : network.activations(batch, hidden, true);
    }

    private Tensor forward(Backend backend, List<Step> steps, Step step) {
        Tensor y = network.allocateState(batch);
        program(
                backend,
                "block",
                k -> step.block.forward(k, step.x, step.in, activations(step), y));
        steps.add(step);
        return y;
    }

    private void backward(Backend backend, Step step, Block.Scratch scratch, Tensor d) {
        Block.Scratch fitted =
                new Block.Scratch(
                        scratch.dNormed(), scratch.dQkv(), fit(scratch.dHidden(), step.hidden));
        program(
                backend,
                "block backward",
                k -> {
                    if (recompute) {
                        step.block.recompute(k, step.x, step.in, activations(step));
                    }
                    step.block.backward(
                            k, step.x, activations(step), fitted, step.gradients, step.out, d);
                });
    }

    private Block.Activations activations(Step step) {
        if (step.kept != null) {
            return step.kept;
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
                fit(shared.preActivation(), step.hidden),
                fit(shared.hidden(), step.hidden));
    }

    // the same memory for a block with a smaller hidden width
    private Tensor fit(Tensor wide, int hidden) {
        return wide.view(0, batch, config.tokens(), hidden);
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return noise;
    }

    /** The teacher's images, [B, C, S, S]. */
    public Tensor target() {
        return target;
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return labels;
    }

    /** z₀, [B, N, D]; not read by a ViT. */
    public Tensor start() {
        return start;
    }

    /** The decoded images of iteration {@code k}, [B, C, S, S]. */
    public Tensor image(int k) {
        return images.get(k);
    }

    /** Computes losses and gradients of the batch that the input tensors hold. */
    public void run() {
        programs.forEach(Program::run);
    }

    /** The unweighted loss of each decoded state, first to last, of the last {@link #run}. */
    public float[] losses() {
        return losses.get();
    }

    /** The weighted sum of {@link #losses}: what the gradient belongs to. */
    public double objective() {
        float[] values = losses();
        double sum = 0;
        for (int k = 0; k < values.length; k++) {
            sum += values[k] * (config.equilibrium() ? objective.weight(k) : 1);
        }
        return sum;
    }
}
