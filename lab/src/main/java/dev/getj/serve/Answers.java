package dev.getj.serve;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.util.List;

/** What the endpoints answer, as JSON. What a network does not have is left out. */
final class Answers {
    private Answers() {}

    /**
     * {@code /api/model}.
     *
     * @param title what the playground is headed with
     * @param kind {@code get} or {@code vit}
     * @param size S, side of an image in pixels
     * @param classes K; 0 for an unconditional network
     * @param classNames names of the K classes; empty if they have none
     * @param iterations of the solver if a request does not say; only of a GET
     * @param guided whether a request may ask for guidance
     * @param traced whether {@code /api/trace} answers
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Model(
            String title,
            String name,
            String kind,
            int channels,
            int size,
            int classes,
            List<String> classNames,
            int parameters,
            Integer iterations,
            Limits limits,
            boolean guided,
            boolean traced) {}

    /** The most that one request may ask for. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Limits(int images, Integer iterations) {}

    /**
     * {@code /api/sample}.
     *
     * @param seconds that the network took, waiting for other requests included
     */
    record Sampled(long seed, double seconds, List<Image> images) {}

    /**
     * @param index in the seed's sequence
     * @param residual lowest {@code ‖f(z) − z‖₂}
     * @param evaluations of the equilibrium map
     * @param png in base 64
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Image(long index, Integer label, Double residual, Integer evaluations, String png) {}

    /** {@code /api/trace}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Trace(long seed, long index, Integer label, double seconds, List<Step> steps) {}

    /**
     * @param iteration from 1
     * @param residual {@code ‖f(z) − z‖₂} of this iteration
     * @param png the decoded iterate, in base 64
     */
    record Step(int iteration, double residual, String png) {}

    /** {@code /api/interpolate}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Interpolation(
            long from, long to, long index, Integer label, double seconds, List<Frame> frames) {}

    /**
     * @param t from 0 at the first seed to 1 at the second
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Frame(double t, Double residual, String png) {}
}
