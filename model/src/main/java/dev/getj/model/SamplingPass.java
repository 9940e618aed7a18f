package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.CompactingMap;
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
    /** Blocks of the injection that few samples run in one program. */
    private static final int BLOCKS_OF_FEW = 3;

    private final Network network;
    private final Tensor noise;
    private final IntTensor labels;
    private final Tensor state;
    private final Tensor image;
    private final Decoder.Activations decoding;
    private final List<Program> inject = new ArrayList<>();
    private final EquilibriumPass equilibrium;

    public SamplingPass(Network network, int batch) {
        this.network = network;
        ModelConfig config = network.config();
        Backend backend = network.backend();
        noise = network.allocateImages(batch);
        image = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        state = network.allocateState(batch);
        decoding = Decoder.Activations.allocate(backend, config, batch, false);
        Tensor patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        Tensor condition = network.allocateCondition(batch);
        Tensor u = network.allocateInjection(batch);
        Tensor h = config.equilibrium() ? network.allocateState(batch) : state;
        Block.Injections classes = new Block.Injections(null, 0, condition);
        Block.Activations wide =
                network.activations(
                        batch, Math.max(config.hidden(), config.equilibriumHidden()), false);
        record(
                inject,
                "embed",
                k -> network.embedder().forward(k, noise, labels, patches, condition, h));
        Block.Activations narrow = wide.narrow(config.hidden());
        // on a device, programs of equal shape are compiled once; starting one takes time, too
        List<Block> blocks = network.injectionBlocks();
        int together = EquilibriumPass.few(batch) ? BLOCKS_OF_FEW : 1;
        for (int i = 0; i < blocks.size(); i += together) {
            List<Block> some = blocks.subList(i, Math.min(i + together, blocks.size()));
            record(
                    inject,
                    "blocks",
                    k -> some.forEach(block -> block.forward(k, h, classes, narrow, h)));
        }
        if (config.equilibrium()) {
            record(inject, "inject", k -> network.inject(k, h, u));
        }
        equilibrium =
                config.equilibrium()
                        ? new EquilibriumPass(
                                network,
                                u,
                                condition,
                                wide.narrow(config.equilibriumHidden()),
                                state)
                        : null;
    }

    private void record(List<Program> programs, String name, Consumer<Kernels> launches) {
        programs.add(network.backend().record(name, launches));
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

    /**
     * The same map, from which samples may leave: then those that are left are computed in smaller
     * batches, of a half, a quarter and so on.
     */
    public CompactingMap compacting() {
        List<CompactingMap.Sized> smaller = new ArrayList<>();
        for (int size = state.dim(0) / 2; size >= 1; size /= 2) {
            smaller.add(equilibrium.smaller(size).sized());
        }
        return new CompactingMap(equilibrium.sized(), smaller);
    }

    @Override
    public Backend backend() {
        return network.backend();
    }

    @Override
    public Tensor state() {
        return state;
    }

    /** {@inheritDoc} There is none of a ViT. */
    @Override
    public Tensor next() {
        return equilibrium.next();
    }

    @Override
    public void apply() {
        equilibrium.apply();
    }

    @Override
    public Optional<Consumer<Kernels>> launches() {
        return equilibrium.launches();
    }
}
