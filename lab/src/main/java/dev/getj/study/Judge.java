package dev.getj.study;

import dev.getj.data.ImageData;
import dev.getj.data.Strokes;
import dev.getj.eval.ClassScores;
import dev.getj.eval.Classifier;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.Evaluation;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.Features;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.model.ModelConfig;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import java.util.stream.IntStream;

/** Compares images with data that no teacher has seen, such as other drawn strokes. */
public final class Judge {
    /** Of the strokes compared with; teachers learn from seed 0. */
    private static final long DATA_SEED = 2;

    /** Images of the data compared with, for each sample, at most. */
    private static final int DATA = 5;

    private final ModelConfig.Images shape;
    private final Features features;
    private final Moments data;
    private final Classifier classifier;
    private final int images;

    private Judge(
            ModelConfig.Images shape,
            Features features,
            Moments data,
            Classifier classifier,
            int images) {
        this.shape = shape;
        this.features = features;
        this.data = data;
        this.classifier = classifier;
        this.images = images;
    }

    /**
     * By the fixed features, against drawn strokes.
     *
     * @param classifier of images of strokes, or null
     * @param images by which samples are judged
     */
    public static Judge ofStrokes(Classifier classifier, int images) {
        FeatureMap features = new FeatureMap(Strokes.CHANNELS, Strokes.SIZE);
        int strokes = DATA * images;
        try (ImageData drawn =
                ImageData.open("builtin:strokes,seed=%s,count=%s".formatted(DATA_SEED, strokes))) {
            Moments data = features.moments(Evaluation.pixels(drawn, strokes), strokes);
            return new Judge(StudySettings.STROKES, features, data, classifier, images);
        }
    }

    /**
     * By a classifier's features, against data.
     *
     * @param shape of the students' images, and of the data's
     * @param images by which samples are judged
     */
    public static Judge ofData(
            ModelConfig.Images shape, ImageData data, Classifier classifier, int images) {
        int compared = compared(data, images);
        Moments moments = moments(classifier, Evaluation.pixels(data, compared), compared);
        return new Judge(shape, classifier, moments, classifier, images);
    }

    /** Images of the data that so many samples are compared with. */
    public static int compared(ImageData data, int images) {
        return (int) Math.min((long) DATA * images, data.count());
    }

    /** That compares nothing: students are known by their error alone. */
    public static Judge ofNothing(ModelConfig.Images shape, int images) {
        return new Judge(shape, null, null, null, images);
    }

    private static Moments moments(Features features, float[] pixels, int count) {
        return new Moments(features.dimensions())
                .add(features.answers(pixels, count).features(), count);
    }

    /** What a judgement samples; the same noise for every network. */
    SampleRequest request(int iterations) {
        SampleRequest standard = SampleRequest.of(images).withIterations(iterations);
        return new SampleRequest(images, 0, SampleRequest.FRESH, labels(), standard.solver());
    }

    private int[] labels() {
        return shape.classes() == 0
                ? null
                : IntStream.range(0, images).map(i -> i % shape.classes()).toArray();
    }

    /** The quality of what a network samples. */
    Quality judge(Sampler sampler, int iterations) {
        if (data == null) {
            return Quality.of(null, null);
        }
        Samples samples = sampler.sample(request(iterations));
        return judge(samples.pixels(), samples.labels());
    }

    /**
     * The quality of images.
     *
     * @param pixels [count, C, S, S], of which no more are looked at than samples are
     * @param labels [count]; not looked at if there are no classes
     */
    Quality judge(float[] pixels, int[] labels) {
        if (data == null) {
            return Quality.of(null, null);
        }
        DrawnImages set =
                new DrawnImages(
                        "images", pixels, labels, shape.channels(), shape.size(), shape.classes());
        int count = (int) Math.min(images, set.count());
        double frechet = FrechetDistance.between(moments(features, pixels, count), data);
        boolean told = classifier != null && shape.classes() > 0;
        return Quality.of(
                frechet, told ? ClassScores.of(classifier, set, count, 1).accuracy() : null);
    }
}
