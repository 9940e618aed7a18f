package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.DType;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.solver.Solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The batches of one network: which images are computed together, and programs and memory for that,
 * for a few sizes. An image is the same in any of them. Used by one thread at a time.
 */
final class Batches {
    /**
     * Images that the JVM computes at once while others wait: enough to be quick, and little to
     * wait for.
     */
    private static final int SHARED = 16;

    private final Network network;
    private final BatchSizes sizes;
    private final TreeMap<Integer, BatchSampler> prepared = new TreeMap<>();
    private Optional<OneSample> one = Optional.empty();
    private volatile boolean weightsStay;
    private boolean rounded;

    /**
     * @param largest images of a batch at most
     */
    Batches(Network network, int largest) {
        this.network = network;
        sizes = BatchSizes.upTo(largest);
    }

    /** The weights will not change any more. */
    void keepWeights() {
        weightsStay = true;
    }

    /** Of a request that is alone, the first batch, made ready. */
    void prepare(SampleRequest request) {
        int most = request.start() == SampleRequest.Start.PREVIOUS ? 1 : sizes.largest();
        prepared(size(Math.min(most, request.count())), request.solver());
    }

    /**
     * The next batch: images of the first job, and, if it does not fill one, of those behind it
     * that fit in with all their images.
     *
     * @param waiting at least one
     */
    Batch plan(Collection<Job> waiting) {
        Iterator<Job> jobs = waiting.iterator();
        Job first = jobs.next();
        int most = most(first, waiting.size() > 1);
        int wanted = Math.min(most, first.remaining());
        List<Job> together = new ArrayList<>(List.of(first));
        while (wanted < most && jobs.hasNext() && joinable()) {
            Job job = jobs.next();
            if (job.remaining() <= most - wanted && job.fits(first)) {
                together.add(job);
                wanted += job.remaining();
            }
        }
        int size = size(wanted);
        List<Batch.Portion> portions = new ArrayList<>();
        int at = 0;
        for (Job job : together) {
            int count = Math.min(size - at, job.remaining());
            if (count > 0) {
                portions.add(new Batch.Portion(job, at, job.done(), count));
                at += count;
            }
        }
        return new Batch(size, portions);
    }

    private int most(Job job, boolean othersWait) {
        if (job.sequential()) {
            return 1;
        }
        return othersWait && !backend().compiles()
                ? Math.min(SHARED, sizes.largest())
                : sizes.largest();
    }

    // joined samples pass through floats on their way
    private boolean joinable() {
        return backend().dtype() == DType.F32;
    }

    private int size(int wanted) {
        return backend().compiles()
                ? sizes.holding(wanted, prepared.keySet())
                : sizes.filledBy(wanted);
    }

    /** Makes a batch. */
    BatchSampler.Result compute(Batch batch) {
        round(batch);
        return repeat(batch);
    }

    /** Makes the batch again that was made last. */
    BatchSampler.Result repeat(Batch batch) {
        Job first = batch.portions().getFirst().job();
        BatchSampler sampler = prepared(batch.size(), first.request().solver());
        fill(sampler, batch);
        BatchSampler.Result made = sampler.sample(batch.labels(), first.sequential(), first.last());
        double guidance = first.request().guidance();
        if (guidance == 1) {
            return made;
        }
        int[] none = new int[batch.count()];
        Arrays.fill(none, config().classes());
        fill(sampler, batch);
        return made.ledAway(sampler.sample(none, first.sequential(), first.lastOfNull()), guidance);
    }

    private void fill(BatchSampler sampler, Batch batch) {
        if (batch.portions().size() == 1) {
            fill(sampler, batch.portions().getFirst());
        } else {
            gather(sampler, batch);
        }
    }

    // of weights that may have changed, for each request
    private void round(Batch batch) {
        boolean begins = batch.portions().stream().anyMatch(portion -> portion.from() == 0);
        boolean stay = weightsStay;
        if (stay ? !rounded : begins) {
            network.round();
            rounded = stay;
        }
    }

    private BatchSampler prepared(int size, Solver solver) {
        BatchSampler sampler = prepared.computeIfAbsent(size, n -> new BatchSampler(network, n));
        sampler.prepare(solver);
        return sampler;
    }

    private void fill(BatchSampler sampler, Batch.Portion portion) {
        Job job = portion.job();
        long index = job.request().first() + portion.from();
        switch (job.latents()) {
            case Latents.Drawn _ -> sampler.draw(job.request().seed(), index);
            case Latents.Noise(float[] noise) -> {
                sampler.draw(job.request().seed(), index);
                sampler.noise(portion.of(noise, config().pixels()));
            }
            case Latents.NoiseAndStart(float[] noise, float[] start) -> {
                sampler.noise(portion.of(noise, config().pixels()));
                if (config().takesStart()) {
                    sampler.start(portion.of(start, config().stateSize()));
                }
            }
        }
    }

    // samples of several requests, one by one
    private void gather(BatchSampler sampler, Batch batch) {
        boolean starts = config().takesStart();
        float[] noise = new float[batch.count() * config().pixels()];
        float[] start = new float[starts ? batch.count() * config().stateSize() : 0];
        for (Batch.Portion portion : batch.portions()) {
            for (int i = 0; i < portion.count(); i++) {
                int at = portion.at() + i;
                put(noiseOf(portion.job(), portion.from() + i), noise, at);
                if (starts) {
                    put(startOf(portion.job(), portion.from() + i), start, at);
                }
            }
        }
        sampler.noise(noise);
        if (starts) {
            sampler.start(start);
        }
    }

    private static void put(float[] values, float[] target, int at) {
        System.arraycopy(values, 0, target, at * values.length, values.length);
    }

    private float[] noiseOf(Job job, int i) {
        int each = config().pixels();
        SampleRequest request = job.request();
        return switch (job.latents()) {
            case Latents.Drawn _ -> noise(request.seed(), request.first() + i);
            case Latents.Noise(float[] noise) -> Batch.part(noise, i, 1, each);
            case Latents.NoiseAndStart(float[] noise, _) -> Batch.part(noise, i, 1, each);
        };
    }

    private float[] startOf(Job job, int i) {
        SampleRequest request = job.request();
        return switch (job.latents()) {
            case Latents.NoiseAndStart(_, float[] start) ->
                    Batch.part(start, i, 1, config().stateSize());
            case Latents.Drawn _, Latents.Noise _ -> start(request.seed(), request.first() + i);
        };
    }

    /** Noise of a sample, [C, S, S]. */
    float[] noise(long seed, long index) {
        return one().noise(seed, index);
    }

    /** z₀ of a sample, [N, D]. */
    float[] start(long seed, long index) {
        return one().start(seed, index);
    }

    private OneSample one() {
        if (one.isEmpty()) {
            one = Optional.of(new OneSample(backend(), config()));
        }
        return one.get();
    }

    private Backend backend() {
        return network.backend();
    }

    private ModelConfig config() {
        return network.config();
    }

    /** Forgets programs and memory. */
    void clear() {
        prepared.clear();
        one = Optional.empty();
    }
}
