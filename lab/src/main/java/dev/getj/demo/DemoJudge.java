package dev.getj.demo;

import dev.getj.data.Strokes;
import dev.getj.eval.ClassScores;
import dev.getj.eval.Classifier;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.kernels.Backend;
import dev.getj.sample.WeightsLocation;

import java.util.function.IntConsumer;

/** How good a demo's images are. */
record DemoJudge(DemoReport.Frechet frechet, DemoReport.Accuracy accuracy) {
    /** Of the digits that samples are compared with: others than those that anything learned. */
    private static final long DATA_SEED = 1;

    /** Images of equal number, [count, 1, 16, 16]. */
    record Sets(float[] noise, float[] student, float[] shipped, float[] teacher) {}

    /**
     * @param classifier where its weights are
     * @param labels what the images of each set but the noise were made as
     * @param judged told the number of sets that are done
     */
    static DemoJudge of(
            Backend backend,
            WeightsLocation classifier,
            int[] labels,
            Sets sets,
            IntConsumer judged) {
        Classifier judge = Classifier.load(classifier, backend);
        FeatureMap features = new FeatureMap(Strokes.CHANNELS, Strokes.SIZE);
        Moments data = features.moments(Strokes.images(DATA_SEED, 0, labels.length), labels.length);
        float[][] all = {sets.noise, sets.student, sets.shipped, sets.teacher};
        double[] distances = new double[all.length];
        double[] accuracies = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            distances[i] = FrechetDistance.between(features.moments(all[i], labels.length), data);
            accuracies[i] = accuracy(judge, all[i], labels);
            judged.accept(i + 1);
        }
        return new DemoJudge(
                new DemoReport.Frechet(distances[0], distances[1], distances[2], distances[3]),
                new DemoReport.Accuracy(accuracies[1], accuracies[2], accuracies[3]));
    }

    private static double accuracy(Classifier judge, float[] images, int[] labels) {
        DrawnImages set =
                new DrawnImages(
                        "a set", images, labels, Strokes.CHANNELS, Strokes.SIZE, Strokes.CLASSES);
        return ClassScores.of(judge, set, labels.length, 1).accuracy();
    }
}
