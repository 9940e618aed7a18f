package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.solver.FixedPointMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A network made ready to sample batches of one size: fill {@link #noise}, {@link #state} and
 * {@link #labels}, call {@link #inject}, let a solver run this map, decode its result ({@link
 * #decoderOf}). For a ViT, {@link #inject} leaves the state to be decoded in {@link #state}.
 */
public final class SamplingPass implements FixedPointMap {
    /**
     * So few samples take a device about as long as starting a program does. A solver may then run
     * the whole pass in one, which costs compiling all of its blocks.
     */
    private static final int SMALL_BATCH = 4;

    private final Network network;
    private final Tensor noise;
    private final IntTensor labels;
    private final Tensor state;
    private final Tensor next;
    private final Tensor image;
    private final Decoder.Activations decoding;
    private final List<Program> inject = new ArrayList<>();
    private final List<Consumer<Kernels>> pass = new ArrayList<>();
    private final List<Program> apply = new ArrayList<>();
    private final boolean small;

    public SamplingPass(Network network, int batch) {
        this.network = network;
        ModelConfig config = network.config();
        Backend backend = network.backend();
        noise = network.allocateImages(batch);
        image = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        state = network.allocateState(batch);
        next = network.allocateState(batch);
        decoding = Decoder.Activations.allocate(backend, config, batch, false);
        Tensor patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        Tensor condition = network.allocateCondition(batch);
        Tensor u = network.allocateInjection(batch);
        Tensor h = config.equilibrium() ? network.allocateState(batch) : state;
        Block.Injections classes = new Block.Injections(null, 0, condition);
        Block.Activations wide =
                network.activations(
                        batch, Math.max(config.hidden(), config.equilibriumHidden()), false);
        // a program a block: on a device, blocks of one shape are compiled once
        record("embed", k -> network.embedder().forward(k, noise, labels, patches, condition, h));
        Block.Activations narrow = narrow(wide, config.hidden());
        for (Block block : network.injectionBlocks()) {
            record("block", k -> block.forward(k, h, classes, narrow, h));
        }
        if (config.equilibrium()) {
            record("inject", k -> network.inject(k, h, u));
        }
        Block.Activations a = narrow(wide, config.equilibriumHidden());
        List<Block> blocks = network.equilibriumBlocks();
        for (int m = 0; m < blocks.size(); m++) {
            Block block = blocks.get(m);
            Tensor x = m == 0 ? state : next;
            Block.Injections injections = network.injections(u, m, condition);
            pass.add(k -> block.forward(k, x, injections, a, next));
        }
        pass.forEach(launches -> apply.add(backend.record("equilibrium block", launches)));
        small = batch <= SMALL_BATCH;
    }

    private void record(String name, Consumer<Kernels> launches) {
        inject.add(network.backend().record(name, launches));
    }

    // the activations of blocks with a smaller hidden width, in the same memory
    private static Block.Activations narrow(Block.Activations a, int hidden) {
        Tensor view = a.hidden().view(0, a.hidden().dim(0), a.hidden().dim(1), hidden);
        return new Block.Activations(
                a.normed1(),
                null,
                a.qkv(),
                a.attended(),
                null,
                a.middle(),
                a.normed2(),
                null,
                null,
                view);
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return noise;
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return labels;
    }

    /** Decoded images, [B, C, S, S], nominally in [−1, 1], not clamped. */
    public Tensor image() {
        return image;
    }

    /** Runs embedding, injection transformer and injection: once per batch of noise. */
    public void inject() {
        inject.forEach(Program::run);
    }

    /** A program that decodes {@code z}, [B, N, D], to {@link #image}. */
    public Program decoderOf(Tensor z) {
        return network.backend()
                .record("decode", k -> network.decoder().forward(k, z, decoding, image));
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
        apply.forEach(Program::run);
    }

    @Override
    public Optional<Consumer<Kernels>> launches() {
        return small
                ? Optional.of(k -> pass.forEach(launches -> launches.accept(k)))
                : Optional.empty();
    }
}
