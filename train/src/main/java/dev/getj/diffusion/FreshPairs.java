package dev.getj.diffusion;

import dev.getj.data.ImageShape;
import dev.getj.data.Shuffle;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.NoiseStream;
import dev.getj.model.Precision;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.Fresh;
import dev.getj.train.Lessons;

/**
 * Pairs that a teacher makes between the steps of a student, in a ring of R of which each is learned
 * from N times. Pair i is pair i of {@link PairGenerator} with the same teacher and seed.
 *
 * <p>An epoch visits R pairs once each, in an order of its own; for the next one the R/N oldest are
 * replaced, so epoch e visits pairs {@code eR/N … eR/N + R − 1}. Which pair a place of the run has
 * depends on the place alone, so a run resumes by making its ring again. The first R − R/N pairs are
 * used less often: they are there so that the ring is full.
 */
public final class FreshPairs implements Lessons {
    private static final int BATCH = TrainedDenoiser.BATCH;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final Teacher teacher;
    private final HeunSampler sampler;
    private final long seed;
    private final int ring;
    private final int reuse;
    private final int heldOut;
    private final Shuffle shuffle;
    private final IntTensor key;
    private final Tensor noise;
    private final Program draw;
    private final PairBuffer pairs;
    private final PairBuffer apart;

    private long oldest;
    private long made;

    /**
     * @param teacher made before, so that everything is recorded before anything runs; stays the
     *     caller's to close
     * @param heldOut pairs to measure on, of noise that no others have
     * @throws GetjException if so many pairs are more than one array holds
     */
    public FreshPairs(Backend backend, Teacher teacher, Fresh fresh, long seed, long heldOut) {
        this.teacher = teacher;
        this.seed = seed;
        ring = fresh.ring();
        reuse = fresh.reuse();
        sampler = new HeunSampler(fresh.samplerSteps());
        shuffle = new Shuffle(ring, seed);
        // what the next epoch needs is made while this one still has its own
        long most = Math.max((long) ring + ring / reuse, heldOut) + BATCH;
        if (most * teacher.elements() > LARGEST_ARRAY) {
            throw new GetjException(
                    "%s pairs of %s values are more than one array holds; lower --ring or --held-out"
                            .formatted(most, teacher.elements()));
        }
        this.heldOut = (int) heldOut;
        pairs = new PairBuffer(ring + ring / reuse + BATCH, teacher.elements());
        apart = new PairBuffer(this.heldOut, teacher.elements());
        key = backend.allocateInts(StateOp.NORMAL_KEY);
        noise = backend.allocate(BATCH, teacher.elements());
        draw = backend.record("noise", k -> k.normal(key, noise));
    }

    /**
     * The teacher of a run, for the caller to close; in float32, as {@code pairs generate} has it, so
     * that a pair depends neither on the student's precision nor on when the run was resumed.
     *
     * @throws GetjException if it cannot be read, or is to be guided by itself and knows no null
     *     class
     */
    public static Teacher open(Fresh fresh, Backend backend) {
        WeightsLocation location = WeightsLocation.parse(fresh.teacher());
        TrainedDenoiser teacher = TrainedDenoiser.load(location, backend, BATCH, Precision.FLOAT32);
        if (fresh.guide().isEmpty() && fresh.guidance() == 1) {
            return teacher;
        }
        Teacher guide =
                fresh.guide().isEmpty()
                        ? teacher.unlabelled()
                                .orElseThrow(
                                        () ->
                                                new GetjException(
                                                        location
                                                                + " was trained without"
                                                                + " --label-dropout: --guidance"
                                                                + " needs --guide, the teacher to"
                                                                + " lead away from"))
                        : TrainedDenoiser.load(
                                WeightsLocation.parse(fresh.guide()),
                                backend,
                                BATCH,
                                Precision.FLOAT32);
        return new GuidedTeacher(teacher, guide, fresh.guidance());
    }

    @Override
    public ImageShape shape() {
        return new ImageShape(teacher.size(), teacher.channels());
    }

    @Override
    public int classes() {
        return teacher.classes();
    }

    @Override
    public int elements() {
        return teacher.elements();
    }

    @Override
    public long count() {
        return ring;
    }

    @Override
    public String digest() {
        return teacher.settings().toString();
    }

    /** The pair at a place of the run. */
    long pair(long position) {
        return oldest(position) + shuffle.index(position);
    }

    // of the R pairs that the epoch of a place visits
    private long oldest(long position) {
        return position / ring * (ring / reuse);
    }

    @Override
    public void learn(long position, float[] noise, float[] image, int[] labels) {
        for (int b = 0; b < labels.length; b++) {
            long at = position + b;
            oldest = oldest(at);
            // all of this epoch, and for every N places a pair of the next
            make(ring + at / reuse + 1);
            read(pair(at), b, noise, image, labels);
        }
    }

    private void make(long until) {
        // batches begin where those of an uninterrupted run do
        made = Math.max(made, oldest / BATCH * BATCH);
        while (made < until) {
            make(made, BATCH, made, pairs);
            made += BATCH;
        }
    }

    // pairs first, first + 1, … of the teacher as pairs to, to + 1, … of a buffer
    private void make(long first, int count, long to, PairBuffer buffer) {
        key.set(NoiseStream.NOISE.key(seed, first));
        draw.run();
        float[] latents = noise.get();
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH && classes() > 0; i++) {
            labels[i] = label(first + i);
        }
        double[] images = sampler.sample(teacher, latents, labels, count);
        for (int i = 0; i < count; i++) {
            if (!buffer.put(to + i, latents, images, i)) {
                throw new GetjException(
                        "the teacher diverged: its image of pair %s is not finite"
                                .formatted(first + i));
            }
        }
    }

    private int label(long pair) {
        return (int) (pair % classes());
    }

    private void read(long pair, int row, float[] noise, float[] image, int[] labels) {
        pairs.get(pair, row, noise, image);
        if (classes() > 0) {
            labels[row] = label(pair);
        }
    }

    @Override
    public void read(long[] indices, float[] noise, float[] image, int[] labels) {
        for (int row = 0; row < indices.length; row++) {
            if (indices[row] < ring) {
                read(oldest + indices[row], row, noise, image, labels);
            } else {
                makeApart();
                long number = indices[row] - ring;
                apart.get(number, row, noise, image);
                if (classes() > 0) {
                    labels[row] = label(SampleRequest.FRESH + number);
                }
            }
        }
    }

    // when they are first asked for
    private void makeApart() {
        for (int done = apart.filled(); done < heldOut; done = apart.filled()) {
            int count = Math.min(BATCH, heldOut - done);
            make(SampleRequest.FRESH + done, count, done, apart);
        }
    }
}
