package dev.getj.sample;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.PrecisionChoice;
import dev.getj.model.WeightsFile;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A trained network that turns noise into images in one step. Safe to share between threads:
 * requests take turns, a batch each, on all cores of the backend, and small ones of several threads
 * are computed together; what comes out does not depend on that. Its memory is bounded, whatever is
 * asked for: programs for a few sizes of batches, of which the largest takes most.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.load(Path.of("runs/mine"))) {
 *     Samples samples = sampler.sample(SampleRequest.of(16).withSeed(3).withLabel(7));
 *     Files.write(Path.of("seven.png"), samples.png(0));
 * }
 * }</pre>
 */
public final class Sampler implements AutoCloseable {
    /** Name of the newest checkpoint in a run directory. */
    public static final String LATEST = "latest.safetensors";

    /** Batches are cut so that the widest activation stays in a cache: 16 MB of floats. */
    private static final int BATCH_ELEMENTS = 1 << 22;

    private static final int LARGEST_BATCH = 64;

    private static final Progress NOT_TOLD = (_, _) -> {};

    /** Closes what is no longer reachable and was never closed. */
    private static final Cleaner FORGOTTEN = Cleaner.create();

    private final HeldBackend held;
    private final ModelConfig config;
    private final Parameters weights;
    private final WatchedBackend watched;
    private final Network network;
    private final Batches batches;
    private final Turns turns;
    private final Cleaner.Cleanable closing;

    /**
     * A sampler over weights that the caller keeps; they may change between requests, unless {@link
     * #keepWeights} says that they do not.
     *
     * @param backend of the weights, borrowed: stays open when the sampler is closed
     */
    public Sampler(Backend backend, ModelConfig config, Parameters weights) {
        this(backend, config, weights, fittingBatch(config));
    }

    /**
     * As above, in another precision.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow it
     */
    public Sampler(Backend backend, ModelConfig config, Parameters weights, Precision precision) {
        this(new HeldBackend.Borrowed(backend), config, weights, fittingBatch(config), precision);
    }

    /**
     * As above, with {@code batch} images computed at once; their number does not change the
     * result.
     */
    public Sampler(Backend backend, ModelConfig config, Parameters weights, int batch) {
        this(new HeldBackend.Borrowed(backend), config, weights, batch);
    }

    /** As above, with a backend that is closed with the sampler if it is owned. */
    public Sampler(HeldBackend held, ModelConfig config, Parameters weights, int batch) {
        this(held, config, weights, batch, Precision.FLOAT32);
    }

    /**
     * As above, in another precision.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow it
     */
    public Sampler(
            HeldBackend held,
            ModelConfig config,
            Parameters weights,
            int batch,
            Precision precision) {
        this.held = held;
        this.config = config;
        this.weights = weights;
        watched = new WatchedBackend(held.backend());
        this.network = new Network(watched, config, weights, precision);
        batches = new Batches(network, batch);
        turns = new Turns(batches::plan, this::compute);
        closing = FORGOTTEN.register(this, held::close);
    }

    // Reachable until the batch is made: a sampler without other references is closed
    private BatchSampler.Result compute(Batch batch) {
        try {
            BatchSampler.Result made = batches.compute(batch);
            return network.mixed() && !made.finite()
                    ? made.cameFrom(watched.firstNotFinite(() -> batches.repeat(batch)))
                    : made;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static int fittingBatch(ModelConfig config) {
        long widest = (long) config.tokens() * config.widestHidden();
        return Math.clamp(
                Long.highestOneBit(Math.max(1, BATCH_ELEMENTS / widest)), 1, LARGEST_BATCH);
    }

    /** As {@link #load(Path, Backend)}, on all cores of this machine. */
    public static Sampler load(Path path) {
        return load(WeightsLocation.at(path));
    }

    /** As {@link #load(WeightsLocation, Backend)}, on all cores of this machine. */
    public static Sampler load(WeightsLocation location) {
        return load(location, Backends.jvm(Runtime.getRuntime().availableProcessors()));
    }

    /**
     * As {@link #load(WeightsLocation, Backend)}.
     *
     * @param path a safetensors file, or a run directory, whose newest checkpoint is taken
     */
    public static Sampler load(Path path, Backend backend) {
        return load(WeightsLocation.at(path), backend);
    }

    /**
     * Reads weights, averaged ones if there are such.
     *
     * @param backend owned from now on: closed with the sampler, and if loading fails
     * @throws GetjException if there are no such weights or they are damaged
     */
    public static Sampler load(WeightsLocation location, Backend backend) {
        return load(location, new HeldBackend.Owned(backend));
    }

    /** As {@link #load(WeightsLocation, Backend)}, on a backend that may be borrowed. */
    public static Sampler load(WeightsLocation location, HeldBackend held) {
        return load(location, held, Precision.FLOAT32);
    }

    /**
     * As {@link #load(WeightsLocation, HeldBackend)}, in another precision.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow it, too
     */
    public static Sampler load(WeightsLocation location, HeldBackend held, Precision precision) {
        return load(location, held, PrecisionChoice.always(precision));
    }

    /**
     * As {@link #load(WeightsLocation, HeldBackend)}, in a precision that is chosen when the
     * network is known: {@code Precision::usual} takes 16 bits where device and network do.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow what is chosen,
     *     too
     */
    public static Sampler load(
            WeightsLocation location, HeldBackend held, PrecisionChoice precision) {
        try (SafetensorsFile opened = location.open(WeightsLocation.Network.STUDENT)) {
            ModelConfig config = WeightsFile.config(opened);
            String prefix = WeightsFile.prefix(opened);
            Parameters weights =
                    new Parameters(held.backend(), WeightsFile.table(opened, prefix, config));
            WeightsFile.read(opened, prefix, config, weights);
            Precision chosen = precision.of(held.backend(), weights.table());
            Sampler sampler = new Sampler(held, config, weights, fittingBatch(config), chosen);
            sampler.keepWeights();
            return sampler;
        } catch (RuntimeException | Error failure) {
            held.close();
            throw failure;
        }
    }

    /**
     * Promises that the weights will not change any more: where products read rounded ones, they
     * are rounded once instead of for every request.
     */
    public void keepWeights() {
        batches.keepWeights();
    }

    /** Sizes, classes and kind of the network. */
    public ModelConfig config() {
        return config;
    }

    /** Where it computes. */
    public Backend backend() {
        return held.backend();
    }

    /** Number of parameters, the positional embedding included. */
    public int parameters() {
        return weights.table().size();
    }

    /**
     * Samples images.
     *
     * @throws IllegalArgumentException if a label is not a class of the network, or labels are
     *     given to an unconditional one, or a guidance other than 1 is asked of one trained
     *     without label dropout
     * @throws java.util.concurrent.CancellationException if this thread is interrupted, which it
     *     stays; a batch that was begun is finished first
     * @throws IllegalStateException if the sampler is closed, also while this waits
     */
    public Samples sample(SampleRequest request) {
        return sample(request, NOT_TOLD);
    }

    /** As {@link #sample(SampleRequest)}; {@code progress} is told after each batch. */
    public Samples sample(SampleRequest request, Progress progress) {
        return turns.await(job(request, new Latents.Drawn()), progress);
    }

    /**
     * Images from given noise, with z₀ of the request's seed.
     *
     * @param noise [count, C, S, S]
     * @throws IllegalArgumentException as {@link #sample(SampleRequest)}, and if the length does
     *     not fit or a value is NaN or infinite
     */
    public Samples sample(float[] noise, SampleRequest request) {
        return turns.await(job(request, given(noise, request)), NOT_TOLD);
    }

    /**
     * Images from given noise and start.
     *
     * @throws IllegalArgumentException as above
     * @param noise [count, C, S, S]
     * @param start z₀, [count, N, D]; not read by a ViT or a GET that starts at its injection
     * @param request tells count, labels and solver
     */
    public Samples sample(float[] noise, float[] start, SampleRequest request) {
        require("noise", noise, request.count(), config.pixels());
        if (config.takesStart()) {
            require("z0", start, request.count(), config.stateSize());
        }
        return turns.await(job(request, new Latents.NoiseAndStart(noise, start)), NOT_TOLD);
    }

    /**
     * Samples images in a thread of the sampler's. Cancelling what is returned ends the request
     * after the batch that is computed.
     *
     * @throws IllegalArgumentException as {@link #sample(SampleRequest)}
     * @throws IllegalStateException if the sampler is closed; if it is closed later, that is how
     *     the images fail
     */
    public CompletableFuture<Samples> sampleAsync(SampleRequest request) {
        return sampleAsync(request, NOT_TOLD);
    }

    /** As {@link #sampleAsync(SampleRequest)}; {@code progress} is told after each batch. */
    public CompletableFuture<Samples> sampleAsync(SampleRequest request, Progress progress) {
        return turns.later(job(request, new Latents.Drawn()), progress);
    }

    /** As {@link #sample(float[], SampleRequest)}, in a thread of the sampler's. */
    public CompletableFuture<Samples> sampleAsync(float[] noise, SampleRequest request) {
        return turns.later(job(request, given(noise, request)), NOT_TOLD);
    }

    /**
     * The noise of sample {@code index} of a seed.
     *
     * @return [C, S, S]
     * @throws IllegalArgumentException if the index is below 0
     * @throws IllegalStateException if the sampler is closed
     */
    public float[] noise(long seed, long index) {
        requireIndex(index);
        return turns.alone(() -> batches.noise(seed, index));
    }

    /**
     * z₀ of sample {@code index} of a seed; a ViT does not read it, nor does a GET that starts at its
     * injection.
     *
     * @return [N, D]
     * @throws IllegalArgumentException if the index is below 0
     * @throws IllegalStateException if the sampler is closed
     */
    public float[] start(long seed, long index) {
        requireIndex(index);
        return turns.alone(() -> batches.start(seed, index));
    }

    private static void requireIndex(long index) {
        if (index < 0) {
            throw new IllegalArgumentException(
                    "the index of a sample must be at least 0, not " + index);
        }
    }

    private Job job(SampleRequest request, Latents latents) {
        if (request.guidance() != 1 && !config.images().nullClass()) {
            throw new IllegalArgumentException(
                    "guidance %s: this network knows no null class to be led away from, as it was trained without label dropout"
                            .formatted(request.guidance()));
        }
        return new Job(request, latents, labels(request), network);
    }

    // copied, as a request without a thread reads it later
    private Latents given(float[] noise, SampleRequest request) {
        require("noise", noise, request.count(), config.pixels());
        return new Latents.Noise(noise.clone());
    }

    /**
     * Records what {@link #sample} of this request will run first. On devices that compile programs
     * this is best done for all requests before any is run.
     *
     * @throws IllegalStateException if the sampler is closed
     */
    public void prepare(SampleRequest request) {
        turns.alone(
                () -> {
                    batches.prepare(request);
                    return null;
                });
    }

    private int[] labels(SampleRequest request) {
        int[] labels = new int[request.count()];
        if (!config.conditional()) {
            if (request.labels() != null) {
                throw new IllegalArgumentException(
                        "this network is unconditional: it takes no labels");
            }
            return labels;
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] =
                    request.labels() == null
                            ? (int) ((request.first() + i) % config.classes())
                            : request.labels()[i];
            if (labels[i] < 0 || labels[i] >= config.classes()) {
                throw new IllegalArgumentException(
                        "label %s is not a class of this network, which has 0…%s"
                                .formatted(labels[i], config.classes() - 1));
            }
        }
        return labels;
    }

    private static void require(String name, float[] values, int count, int each) {
        if (values.length != (long) count * each) {
            throw new IllegalArgumentException(
                    "%s has %s values, %s are needed"
                            .formatted(name, values.length, (long) count * each));
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "%s of sample %s holds %s, but must be finite"
                                .formatted(name, i / each, values[i]));
            }
        }
    }

    /** Closes the backend, too, if it is owned, after the batch that is computed. */
    @Override
    public void close() {
        turns.close();
        batches.clear();
        closing.clean();
    }
}
