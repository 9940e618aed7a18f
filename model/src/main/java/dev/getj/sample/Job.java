package dev.getj.sample;

import dev.getj.model.Network;
import dev.getj.model.Precision;

import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * A request on its way: what is made of it so far. All but the arrays is read and written by who
 * holds the lock of {@link Turns}.
 */
final class Job {
    private final SampleRequest request;
    private final Latents latents;
    private final int[] labels;
    private final Network network;
    private final float[] pixels;
    private final double[] residuals;
    private final int[] evaluations;
    private double secondsSaved;
    private int done;
    private int told;
    private float[] last = new float[0];
    private float[] lastOfNull = new float[0];
    private Optional<Throwable> failure = Optional.empty();

    /**
     * @param labels [count], zeros for an unconditional network
     */
    Job(SampleRequest request, Latents latents, int[] labels, Network network) {
        this.request = request;
        this.latents = latents;
        this.labels = labels;
        this.network = network;
        int count = request.count();
        pixels = new float[Math.multiplyExact(count, network.config().pixels())];
        residuals = new double[count];
        evaluations = new int[count];
    }

    SampleRequest request() {
        return request;
    }

    Latents latents() {
        return latents;
    }

    /** Class of image {@code i}. */
    int label(int i) {
        return labels[i];
    }

    /** Images that are made. */
    int done() {
        return done;
    }

    /** Whether images were made since {@link #tell}. */
    boolean untold() {
        return done > told && failure.isEmpty();
    }

    /** How many images are made, to be told. */
    int tell() {
        told = done;
        return done;
    }

    int remaining() {
        return request.count() - done;
    }

    /** Whether there is no more to do: all is made, or it failed. */
    boolean ended() {
        return remaining() == 0 || failure.isPresent();
    }

    /** Whether each image needs the one before. */
    boolean sequential() {
        return request.start() == SampleRequest.Start.PREVIOUS;
    }

    /** Whether images of both may be in one batch. */
    boolean fits(Job other) {
        return !sequential()
                && !other.sequential()
                && request.guidance() == other.request.guidance()
                && request.solver().equals(other.request.solver());
    }

    /** The fixed point of the last image, [N, D]; empty before there is one. */
    float[] last() {
        return last;
    }

    /** The same of the null class, where there is guidance. */
    float[] lastOfNull() {
        return lastOfNull;
    }

    /** Takes the next {@code count} images of a batch, which begin there at {@code from}. */
    void take(BatchSampler.Result result, int from, int count) {
        int each = network.config().pixels();
        System.arraycopy(result.pixels(), from * each, pixels, done * each, count * each);
        System.arraycopy(result.residuals(), from, residuals, done, count);
        System.arraycopy(result.evaluations(), from, evaluations, done, count);
        last = result.state();
        lastOfNull = result.nullState();
        secondsSaved += result.secondsSaved();
        done += count;
        if (network.mixed() && !result.finite(from, from + count)) {
            failure = Optional.of(Precision.beyondRange(result.origin()));
        }
    }

    void fail(Throwable why) {
        if (!ended()) {
            failure = Optional.of(why);
        }
    }

    /** What all images together are. */
    Samples samples() {
        int[] shown = network.config().conditional() ? labels : new int[0];
        return new Samples(
                network.config().images(), pixels, shown, residuals, evaluations, secondsSaved);
    }

    /** The reason why it ended before all was made. */
    Optional<Throwable> failure() {
        return failure;
    }

    CancellationException cancelled(String how) {
        return new CancellationException(
                "sampling was %s after %s of %s images".formatted(how, done, request.count()));
    }
}
