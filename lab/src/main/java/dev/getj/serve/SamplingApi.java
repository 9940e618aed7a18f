package dev.getj.serve;

import dev.getj.io.GetjException;
import dev.getj.io.Printable;
import dev.getj.model.ModelConfig;
import dev.getj.picture.ImageGrid;
import dev.getj.sample.NoisePath;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import java.util.Base64;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The endpoints below {@code /api}: parameters to requests, samples to answers. */
final class SamplingApi {
    private static final int MOST_ZOOM = 32;
    private static final int MOST_GUIDANCE = 100;
    private static final int MARGIN = 2;

    /** Pixels of a picture, which is encoded in memory. */
    private static final long MOST_PIXELS = 1L << 24;

    private static final int USUAL_FRAMES = 9;

    private final Sampler sampler;
    private final ModelConfig config;
    private final String title;
    private final ServeSettings.Limits limits;
    private final IntConsumer made;
    private final boolean solves;

    /**
     * @param made told of images
     * @throws GetjException if the network's images cannot be shown
     */
    SamplingApi(Sampler sampler, ServeSettings settings, IntConsumer made) {
        this.sampler = sampler;
        this.config = sampler.config();
        this.title = settings.title();
        this.limits = settings.limits();
        this.made = made;
        solves = config.kind() instanceof ModelConfig.Get;
        if (config.channels() != 1 && config.channels() != 3) {
            throw new GetjException(
                    "images of %s channels cannot be shown; 1 or 3 can"
                            .formatted(config.channels()));
        }
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.plain("/api/model", _ -> Reply.json(Reply.OK, model())),
                Endpoint.sampling(
                        "/api/sample",
                        List.of("seed", "index", "count", "label", "iterations", "guidance"),
                        this::sample),
                Endpoint.sampling(
                        "/api/sample.png",
                        List.of(
                                "seed",
                                "index",
                                "count",
                                "label",
                                "iterations",
                                "guidance",
                                "columns",
                                "zoom"),
                        this::picture),
                Endpoint.sampling(
                        "/api/trace",
                        List.of("seed", "index", "label", "iterations", "guidance"),
                        this::trace),
                Endpoint.sampling(
                        "/api/interpolate",
                        List.of("from", "to", "index", "frames", "label", "iterations", "guidance"),
                        this::interpolate));
    }

    private Answers.Model model() {
        return new Answers.Model(
                title,
                config.name(),
                solves ? "get" : "vit",
                config.channels(),
                config.imageSize(),
                config.classes(),
                config.classNames(),
                sampler.parameters(),
                solves ? usualIterations() : null,
                new Answers.Limits(limits.images(), solves ? limits.iterations() : null),
                config.images().nullClass(),
                solves);
    }

    private Reply sample(Query query) {
        SampleRequest request = request(query);
        Timed samples = timed(() -> sampler.sample(request));
        List<Answers.Image> images =
                IntStream.range(0, request.count())
                        .mapToObj(
                                i ->
                                        new Answers.Image(
                                                request.first() + i,
                                                label(samples.result, i),
                                                solves ? samples.result.residuals()[i] : null,
                                                solves ? samples.result.evaluations()[i] : null,
                                                png(samples.result, i)))
                        .toList();
        return Reply.json(Reply.OK, new Answers.Sampled(request.seed(), samples.seconds, images));
    }

    private Reply picture(Query query) {
        SampleRequest request = request(query);
        int columns = query.number("columns", 8, 1, limits.images());
        int zoom = query.number("zoom", 1, 1, MOST_ZOOM);
        long side = (long) config.imageSize() * zoom;
        if (side * side * request.count() > MOST_PIXELS) {
            throw Refusal.badRequest(
                    "a picture of %s images of %s pixels a side is too large: lower count or zoom"
                            .formatted(request.count(), side));
        }
        Samples samples = timed(() -> sampler.sample(request)).result;
        return Reply.of(
                Reply.PNG,
                ImageGrid.png(
                        ImageGrid.grid(
                                samples.pixels(),
                                samples.count(),
                                samples.channels(),
                                samples.size(),
                                columns,
                                samples.count() > 1 ? MARGIN : 0,
                                zoom)));
    }

    /**
     * One iteration after the other, each from where the last one led, and decoded: the images and
     * residuals that so many iterations give.
     */
    private Reply trace(Query query) {
        if (!solves) {
            throw Refusal.badRequest("this network has no equilibrium, so there are no iterations");
        }
        long seed = seed(query, "seed");
        long index = index(query, 1);
        int iterations = iterations(query);
        int label = oneLabel(query, index);
        float[] noise = repeated(sampler.noise(seed, index), iterations);
        float[] start = start(seed, index, iterations);
        SampleRequest request =
                labelled(SampleRequest.of(iterations), label)
                        .withIterations(1)
                        .withGuidance(guidance(query))
                        .withStart(SampleRequest.Start.PREVIOUS);
        Timed steps = timed(() -> sampler.sample(noise, start, request));
        return Reply.json(
                Reply.OK,
                new Answers.Trace(
                        seed,
                        index,
                        label(steps.result, 0),
                        steps.seconds,
                        IntStream.range(0, iterations)
                                .mapToObj(
                                        i ->
                                                new Answers.Step(
                                                        i + 1,
                                                        steps.result.residuals()[i],
                                                        png(steps.result, i)))
                                .toList()));
    }

    /** Images of noise on the arc between those of two seeds, from the first one's z₀. */
    private Reply interpolate(Query query) {
        long from = seed(query, "from");
        long to = query.whole("to", 1, Long.MIN_VALUE, Long.MAX_VALUE);
        long index = index(query, 1);
        int most = Math.max(2, limits.images());
        int frames = query.number("frames", Math.min(USUAL_FRAMES, most), 2, most);
        SampleRequest request =
                labelled(SampleRequest.of(frames), oneLabel(query, index))
                        .withIterations(solves ? iterations(query) : usualIterations())
                        .withGuidance(guidance(query));
        float[] start = start(from, index, frames);
        float[] noise =
                NoisePath.between(sampler.noise(from, index), sampler.noise(to, index), frames);
        Timed samples = timed(() -> sampler.sample(noise, start, request));
        return Reply.json(
                Reply.OK,
                new Answers.Interpolation(
                        from,
                        to,
                        index,
                        label(samples.result, 0),
                        samples.seconds,
                        IntStream.range(0, frames)
                                .mapToObj(
                                        i ->
                                                new Answers.Frame(
                                                        (double) i / (frames - 1),
                                                        solves
                                                                ? samples.result.residuals()[i]
                                                                : null,
                                                        png(samples.result, i)))
                                .toList()));
    }

    private SampleRequest request(Query query) {
        int count = query.number("count", 1, 1, limits.images());
        SampleRequest request =
                SampleRequest.of(count)
                        .withSeed(seed(query, "seed"))
                        .withFirst(index(query, count))
                        .withIterations(iterations(query))
                        .withGuidance(guidance(query));
        return query.text("label").isPresent() ? request.withLabel(label(query)) : request;
    }

    private static long seed(Query query, String name) {
        return query.whole(name, 0, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static long index(Query query, int count) {
        return query.whole("index", 0, 0, Long.MAX_VALUE - count);
    }

    private int iterations(Query query) {
        if (!solves && query.text("iterations").isPresent()) {
            throw Refusal.badRequest("this network has no equilibrium, so there are no iterations");
        }
        return query.number("iterations", usualIterations(), 1, limits.iterations());
    }

    private double guidance(Query query) {
        if (!config.images().nullClass() && query.text("guidance").isPresent()) {
            throw Refusal.badRequest(
                    "this network was trained without label dropout, so there is no guidance");
        }
        return query.real("guidance", 1, 0, MOST_GUIDANCE);
    }

    private int usualIterations() {
        return Math.min(SampleRequest.DEFAULT_ITERATIONS, limits.iterations());
    }

    private int label(Query query) {
        if (!config.conditional()) {
            throw Refusal.badRequest("this network has no classes, so there is no label");
        }
        try {
            return config.classOf(query.text("label").orElseThrow());
        } catch (IllegalArgumentException unknown) {
            throw Refusal.badRequest("label: " + Printable.line(unknown.getMessage()));
        }
    }

    // of a single image: the one asked for, or that of its place in the sequence
    private int oneLabel(Query query, long index) {
        return query.text("label").isEmpty() && config.conditional()
                ? (int) (index % config.classes())
                : query.text("label").isEmpty() ? 0 : label(query);
    }

    private SampleRequest labelled(SampleRequest request, int label) {
        return config.conditional() ? request.withLabel(label) : request;
    }

    private static Integer label(Samples samples, int i) {
        return samples.labels().length == 0 ? null : samples.labels()[i];
    }

    // z₀ of a sample, for so many images; empty where the network brings its own
    private float[] start(long seed, long index, int images) {
        return config.takesStart() ? repeated(sampler.start(seed, index), images) : new float[0];
    }

    private static float[] repeated(float[] values, int times) {
        float[] all = new float[values.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(values, 0, all, i * values.length, values.length);
        }
        return all;
    }

    private static String png(Samples samples, int i) {
        return Base64.getEncoder().encodeToString(samples.png(i));
    }

    private record Timed(Samples result, double seconds) {}

    private Timed timed(Supplier<Samples> work) {
        long begin = System.nanoTime();
        Samples samples = work.get();
        made.accept(samples.count());
        return new Timed(samples, (System.nanoTime() - begin) * 1e-9);
    }
}
