package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network made ready to sample batches of one size: fill {@link #noise} and {@link #labels}, call
 * {@link #inject}, find the {@link #state} that is decoded, and decode it ({@link #decoderOf}).
 */
public final class SamplingPass {
    /** Blocks of the injection that are one program where they are short. */
    private static final int SHORT_TOGETHER = 3;

    /** The state that is decoded. */
    public sealed interface State {}

    /** Of a ViT: {@link #inject} leaves it in {@code h}, [B, N, D]. */
    public record Direct(Tensor h) implements State {}

    /** Of a GET: a fixed point of {@code map}, which a solver finds from {@code map.state()}. */
    public record Solved(EquilibriumPass map) implements State {}

    private final Backend backend;
    private final Decoder decoder;
    private final Tensor image;
    private final Decoder.Activations<Output.Value> decoding;
    private final Trunk.Pass<Output.Value> trunk;
    private final List<Program> inject = new ArrayList<>();
    private final State state;
    private final boolean takesStart;

    /** For batches of so many samples. */
    public SamplingPass(Network network, int batch) {
        Space space = network.space(batch);
        backend = network.backend();
        decoder = network.decoder();
        takesStart = network.config().takesStart();
        image = space.images();
        decoding = Decoder.Activations.values(space);
        Block.Activations<Output.Value> activations =
                Block.Activations.values(space, network.config().widestHidden());
        Optional<Tensor> c = space.classes();
        trunk =
                new Trunk.Pass<>(
                        network.body().trunk(),
                        space,
                        c,
                        new BlockStack.Reused(activations, space.state()));
        inject.addAll(trunk.forward(EquilibriumPass.isShort(space) ? SHORT_TOGETHER : 1));
        state =
                switch (network.body()) {
                    case Network.Vit _ -> new Direct(trunk.h());
                    case Network.Get get -> {
                        Block.Injections injected = space.injectionsOfSampling(c);
                        Tensor rounded = activations.normed1().value();
                        inject.add(
                                backend.record(
                                        "inject",
                                        k -> get.inject(k, trunk.h(), rounded, injected)));
                        EquilibriumPass map =
                                new EquilibriumPass(get, space, injected, activations);
                        if (get.start() == ModelConfig.Start.INJECTION) {
                            inject.add(
                                    backend.record("start", k -> k.copy(trunk.h(), map.state())));
                        }
                        yield new Solved(map);
                    }
                };
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return trunk.images();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return trunk.labels();
    }

    /** Runs embedding, injection transformer and injection: once per batch of noise. */
    public void inject() {
        inject.forEach(Program::run);
    }

    /** Where the state to be decoded comes from. */
    public State state() {
        return state;
    }

    /**
     * z₀ that the caller fills, [B, N, D]: of a GET that begins at noise. {@link #inject} leaves that
     * of one that begins at its injection; after it, another state may take its place.
     */
    public Optional<Tensor> start() {
        return state instanceof Solved(EquilibriumPass map) && takesStart
                ? Optional.of(map.state())
                : Optional.empty();
    }

    /** A program that decodes {@code z}, [B, N, D], to {@link #image}. */
    public Program decoderOf(Tensor z) {
        return backend.record("decode", k -> decoder.forward(k, z, decoding, image));
    }

    /** Decoded images, [B, C, S, S], nominally in [−1, 1], not clamped. */
    public Tensor image() {
        return image;
    }
}
