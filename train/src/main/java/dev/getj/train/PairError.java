package dev.getj.train;

import dev.getj.data.PairReader;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.NoiseStream;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.solver.Solver;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far a student's images are from its teacher's of the same noise: the squared error a pixel,
 * {@code mean (x̂ − x)²}, of images that are sampled as {@code getj sample} does. On pairs that the
 * student has not learned from it has little noise and no bias, unlike distances between sets of
 * images, and no judge that could be pleased.
 *
 * <p>z₀ of a pair depends on its number in the set alone, so two students are measured alike.
 */
public final class PairError {
    /** Images made at once. */
    private static final int CHUNK = 64;

    /** Of z₀; no sample of a request has these. */
    private static final long SEED = 0x9A125;

    /** Images compared as sets, at most: their features take longer than the rest. */
    private static final int COMPARED = 500;

    /**
     * How far a network's images are from those of the pairs.
     *
     * @param mean of the pairs' errors
     * @param deviation standard error of the mean; 0 of one pair
     */
    public record Error(double mean, double deviation, OptionalDouble distance) {}

    private final Sampler sampler;
    private final PairReader pairs;
    private final SampleRequest request;
    private final int chunk;
    private final IntTensor key;
    private final Tensor start;
    private final Program draw;

    /**
     * Records what {@link #of} runs.
     *
     * @param sampler of a network that {@link Trainer#requireFit fits} the pairs
     * @param most pairs that will be measured
     */
    public PairError(Sampler sampler, PairReader pairs, Solver solver, long most) {
        this.sampler = sampler;
        this.pairs = pairs;
        ModelConfig model = sampler.config();
        chunk = (int) Math.min(CHUNK, most);
        request = new SampleRequest(chunk, 0, 0, null, solver);
        Backend backend = sampler.backend();
        key = backend.allocateInts(StateOp.NORMAL_KEY);
        start = backend.allocate(chunk, model.stateSize());
        draw = backend.record("z0 of pairs", k -> k.normal(key, start));
        sampler.prepare(request);
    }

    /**
     * The error of pairs {@code first … first + count}.
     *
     * @param count at least 1
     */
    public Error of(long first, long count) {
        return of(first, count, Optional.empty());
    }

    /**
     * As above.
     *
     * @param comparison of the first images as sets
     */
    public Error of(long first, long count, Optional<ImageComparison> comparison) {
        int elements = pairs.elements();
        int compared = (int) Math.min(COMPARED, count);
        float[] made = new float[comparison.isEmpty() ? 0 : compared * elements];
        float[] wanted = new float[made.length];
        double sum = 0;
        double squares = 0;
        for (long done = 0; done < count; done += chunk) {
            int some = (int) Math.min(chunk, count - done);
            float[] images = new float[chunk * elements];
            float[] pixels = sample(first + done, some, images);
            for (int i = 0; i < some; i++) {
                double error = error(pixels, images, i * elements, elements);
                sum += error;
                squares += error * error;
                if (comparison.isPresent() && done + i < compared) {
                    int to = (int) (done + i) * elements;
                    System.arraycopy(pixels, i * elements, made, to, elements);
                    System.arraycopy(images, i * elements, wanted, to, elements);
                }
            }
        }
        double mean = sum / count;
        double variance = Math.max(0, squares / count - mean * mean);
        return new Error(
                mean,
                count == 1 ? 0 : Math.sqrt(variance / (count - 1)),
                comparison
                        .map(each -> OptionalDouble.of(each.distance(made, wanted, compared)))
                        .orElse(OptionalDouble.empty()));
    }

    // as many as a chunk has, so that all are one recorded size; the last one again at its end
    private float[] sample(long first, int count, float[] images) {
        ModelConfig model = sampler.config();
        long[] indices = new long[chunk];
        Arrays.setAll(indices, i -> first + Math.min(i, count - 1));
        float[] noise = new float[images.length];
        int[] labels = new int[chunk];
        pairs.read(indices, noise, images, labels);
        key.set(NoiseStream.START.key(SEED, first));
        draw.run();
        return sampler.sample(
                        noise,
                        start.get(),
                        model.conditional() ? request.withLabels(labels) : request)
                .pixels();
    }

    private static double error(float[] made, float[] wanted, int from, int elements) {
        double sum = 0;
        for (int e = from; e < from + elements; e++) {
            double difference = (double) made[e] - wanted[e];
            sum += difference * difference;
        }
        return sum / elements;
    }
}
