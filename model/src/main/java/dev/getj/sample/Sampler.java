package dev.getj.sample;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.WeightsFile;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A trained network that turns noise into images in one step. Safe to share between threads:
 * requests are answered one after the other, each on all cores of the backend.
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

    private final HeldBackend held;
    private final ModelConfig config;
    private final Parameters weights;
    private final Network network;
    private final int batch;
    private final NavigableMap<Integer, BatchSampler> batches = new TreeMap<>();
    private boolean weightsStay;
    private boolean rounded;
    private boolean closed;

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
        this.network = new Network(held.backend(), config, weights, precision);
        this.batch = batch;
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
        try (SafetensorsFile opened = location.open(WeightsLocation.Network.STUDENT)) {
            ModelConfig config = WeightsFile.config(opened);
            String prefix = WeightsFile.prefix(opened);
            Parameters weights =
                    new Parameters(held.backend(), WeightsFile.table(opened, prefix, config));
            WeightsFile.read(opened, prefix, config, weights);
            Sampler sampler = new Sampler(held, config, weights, fittingBatch(config), precision);
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
        weightsStay = true;
    }

    public ModelConfig config() {
        return config;
    }

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
     *     given to an unconditional one
     */
    public synchronized Samples sample(SampleRequest request) {
        int[] labels = labels(request);
        return run(
                request.count(),
                labels,
                (part, from, count) -> part.draw(request.seed(), request.first() + from),
                request);
    }

    /**
     * Images from given noise and start.
     *
     * @throws IllegalArgumentException as above, and if a length does not fit or a value is NaN or
     *     infinite
     * @param noise [count, C, S, S]
     * @param start z₀, [count, N, D]; not read by a ViT
     * @param request tells count, labels and solver
     */
    public synchronized Samples sample(float[] noise, float[] start, SampleRequest request) {
        int[] labels = labels(request);
        require("noise", noise, request.count(), config.pixels());
        if (config.kind() instanceof ModelConfig.Get) {
            require("z0", start, request.count(), config.stateSize());
        }
        return run(
                request.count(), labels, (part, from, _) -> part.set(noise, start, from), request);
    }

    private interface Fill {
        void fill(BatchSampler part, int from, int count);
    }

    private Samples run(int count, int[] labels, Fill fill, SampleRequest request) {
        requireOpen();
        if (!(weightsStay && rounded)) {
            network.round();
            rounded = true;
        }
        float[] pixels = new float[Math.multiplyExact(count, config.pixels())];
        double[] residuals = new double[count];
        int[] evaluations = new int[count];
        double saved = 0;
        int most = together(request);
        for (int from = 0; from < count; from += most) {
            int size = Math.min(most, count - from);
            BatchSampler part = part(size);
            part.prepare(request.solver());
            fill.fill(part, from, size);
            if (from > 0 && request.start() == SampleRequest.Start.PREVIOUS) {
                part.startFromLast();
            }
            saved += part.sample(labels, from, pixels, residuals, evaluations);
        }
        requireInRange(pixels, residuals);
        int[] shown = config.conditional() ? labels : new int[0];
        return new Samples(config.images(), pixels, shown, residuals, evaluations, saved);
    }

    // a sample whose every residual is NaN keeps its z₀, and an infinite residual
    private void requireInRange(float[] pixels, double[] residuals) {
        boolean finite = Arrays.stream(residuals).allMatch(Double::isFinite);
        for (float pixel : pixels) {
            finite &= Float.isFinite(pixel);
        }
        if (network.mixed() && !finite) {
            throw Precision.beyondRange();
        }
    }

    // images that are computed at once
    private int together(SampleRequest request) {
        return switch (request.start()) {
            case DRAWN -> Math.min(batch, request.count());
            case PREVIOUS -> 1;
        };
    }

    // of this size, or one that can do it along with more than is wanted
    private BatchSampler part(int size) {
        if (backend().compiles()) {
            Map.Entry<Integer, BatchSampler> recorded = batches.ceilingEntry(size);
            if (recorded != null) {
                return recorded.getValue();
            }
        }
        return batches.computeIfAbsent(size, n -> new BatchSampler(network, n));
    }

    /**
     * Records what {@link #sample} of this request will run. On devices that compile programs this
     * is best done for all of them before any is run.
     *
     * @throws IllegalStateException if the sampler is closed
     */
    public synchronized void prepare(SampleRequest request) {
        requireOpen();
        part(together(request)).prepare(request.solver());
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

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the sampler is closed");
        }
    }

    /** Closes the backend, too, if it is owned. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            batches.clear();
            held.close();
        }
    }
}
