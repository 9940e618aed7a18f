package dev.getj.demo;

import dev.getj.data.ImageData;
import dev.getj.eval.ClassScores;
import dev.getj.eval.Classifier;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.Evaluation;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.kernels.Backend;
import dev.getj.sample.WeightsLocation;

import java.util.function.IntConsumer;

/** How good a demo's images are. */
record DemoJudge(DemoReport.Frechet frechet, DemoReport.Accuracy accuracy) {
    /** Images of equal number, [count, C, S, S]. */
    record Sets(float[] noise, float[] student, float[] shipped, float[] teacher) {}

    /**
     * @param classifier where its weights are
     * @param images whose first are compared with, as many as a set has
     * @param labels what the images of each set but the noise were made as
     * @param judged told the number of sets that are done
     */
    static DemoJudge of(
            Backend backend,
            WeightsLocation classifier,
            ImageData images,
            int[] labels,
            Sets sets,
            IntConsumer judged) {
        Classifier judge = Classifier.load(classifier, backend);
        FeatureMap features = new FeatureMap(images.channels(), images.size());
        int compared = (int) Math.min(labels.length, images.count());
        Moments data = features.moments(Evaluation.pixels(images, compared), compared);
        float[][] all = {sets.noise, sets.student, sets.shipped, sets.teacher};
        double[] distances = new double[all.length];
        double[] accuracies = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            distances[i] = FrechetDistance.between(features.moments(all[i], labels.length), data);
            accuracies[i] = accuracy(judge, images, all[i], labels);
            judged.accept(i + 1);
        }
        return new DemoJudge(
                new DemoReport.Frechet(distances[0], distances[1], distances[2], distances[3]),
                new DemoReport.Accuracy(accuracies[1], accuracies[2], accuracies[3]));
    }

    private static double accuracy(Classifier judge, ImageData data, float[] images, int[] labels) {
        DrawnImages set =
                new DrawnImages(
                        "a set", images, labels, data.channels(), data.size(), data.classes());
        return ClassScores.of(judge, set, labels.length, 1).accuracy();
    }
}
