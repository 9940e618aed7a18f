package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.ImageData;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.model.Initialization;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.train.Course;
import dev.getj.train.Metrics;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RunDirectory;
import dev.getj.train.RunKind;
import dev.getj.train.TrainingListener;
import dev.getj.train.TrainingLoop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

class ClassifierTest {
    private static final ClassifierForm TINY = new ClassifierForm(1, 3, 7, 5, 4);
    private static final double STEP = 1e-5;

    /**
     * Truncation and cancellation as with any central difference, and the gradient of the logits,
     * which reaches the backend as floats; relative to a parameter's largest.
     */
    private static final double FINITE_DIFFERENCE = 1e-5;

    @TempDir Path folder;

    @Test
    void gradientsOfTheCrossEntropyAgreeWithFiniteDifferences() {
        int[] labels = {3, 0, 1, 1, 2};
        Random random = new Random(8);
        try (Backend backend = new ReferenceBackend()) {
            Parameters weights = new Parameters(backend, TINY.table());
            Parameters gradients = new Parameters(backend, TINY.table());
            Initialization.initializeLayers(weights, 2);
            ClassifierPass pass = new ClassifierPass(backend, TINY, weights, gradients, 5);
            float[] input = new float[5 * 9];
            for (int e = 0; e < input.length; e++) {
                input[e] = (float) random.nextGaussian();
            }
            pass.input().set(input);
            pass.forward();
            assertEquals(crossEntropy(pass, labels), pass.backward(labels), 1e-6);
            for (ParameterTable.Entry entry : weights.table().entries()) {
                double largest = 0;
                for (int i = 0; i < entry.size(); i++) {
                    double gradient = DoubleBuffer.get(gradients.flat(), entry.offset() + i);
                    largest = Math.max(largest, Math.abs(gradient));
                }
                assertTrue(largest > 0, entry.name());
                for (int i = 0; i < entry.size(); i++) {
                    int at = entry.offset() + i;
                    double value = DoubleBuffer.get(weights.flat(), at);
                    DoubleBuffer.set(weights.flat(), at, value + STEP);
                    double above = crossEntropy(pass, labels);
                    DoubleBuffer.set(weights.flat(), at, value - STEP);
                    double below = crossEntropy(pass, labels);
                    DoubleBuffer.set(weights.flat(), at, value);
                    assertEquals(
                            (above - below) / (2 * STEP),
                            DoubleBuffer.get(gradients.flat(), at),
                            FINITE_DIFFERENCE * largest,
                            entry.name());
                }
            }
        }
    }

    private static double crossEntropy(ClassifierPass pass, int[] labels) {
        pass.forward();
        double loss = 0;
        for (int b = 0; b < labels.length; b++) {
            double sum = 0;
            for (int c = 0; c < 4; c++) {
                sum += Math.exp(DoubleBuffer.get(pass.logits(), b * 4 + c));
            }
            loss += Math.log(sum) - DoubleBuffer.get(pass.logits(), b * 4 + labels[b]);
        }
        return loss / labels.length;
    }

    private static ClassifierConfig config(long steps) {
        return new ClassifierConfig(
                new ClassifierForm(1, 16, 32, 16, 10),
                "builtin:strokes",
                new OptimizerSettings(2e-3, 0.9, 0.999, 1e-8, 0, 5, 0.9),
                new Course(32, steps, 3, 1000, 1000));
    }

    private static TrainingLoop.Outcome train(
            RunDirectory run, ClassifierConfig config, int threads, long until) {
        long[] done = new long[1];
        TrainingListener counting =
                new TrainingListener() {
                    @Override
                    public void step(Metrics.Line line) {
                        done[0] = line.step();
                    }
                };
        try (Backend backend = Backends.jvm(threads);
                ImageData data = ImageData.open("builtin:strokes,count=3000")) {
            return new ClassifierTrainer(backend, run, config, data)
                    .train(counting, () -> done[0] >= until);
        }
    }

    @Test
    void stoppedAndResumedEqualsNeverStoppedToTheBit() throws IOException {
        RunDirectory whole = RunDirectory.create(folder.resolve("whole"), config(6));
        train(whole, config(6), 2, 6);
        RunDirectory parts = RunDirectory.create(folder.resolve("parts"), config(6));
        assertFalse(train(parts, config(6), 1, 4).finished());
        assertEquals(config(6), parts.config(RunKind.CLASSIFIER, ClassifierConfig::parse));
        assertTrue(train(parts, config(6), 1, 6).finished());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
    }

    @Test
    void learnsTheStrokesAndJudgesThem() {
        RunDirectory run = RunDirectory.create(folder.resolve("run"), config(300));
        train(run, config(300), 2, 300);
        try (Backend backend = Backends.jvm(2);
                ImageData fresh = ImageData.open("builtin:strokes,seed=5,count=300");
                ImageData noise =
                        new DamagedImages(
                                ImageData.open("builtin:strokes,seed=5,count=300"),
                                new DamagedImages.Destroyed())) {
            Classifier classifier = Classifier.load(run.root(), backend);
            ClassScores scores = ClassScores.of(classifier, fresh, 300, 1);
            assertTrue(scores.accuracy() > 0.9, scores.toString());
            assertTrue(scores.inceptionScore() > 7, scores.toString());
            ClassScores lost = ClassScores.of(classifier, noise, 300, 1);
            assertEquals(0.1, lost.accuracy(), 0.07);
            // the second layer, the same alone as among others
            float[] images = Evaluation.pixels(fresh, 300);
            double[] all = classifier.answers(images, 300).features();
            double[] one = classifier.answers(images, 1).features();
            assertEquals(300 * 16, all.length);
            for (int f = 0; f < 16; f++) {
                assertEquals(all[f], one[f]);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ClassifierForm(1, 16, 0, 5, 10));
        assertThrows(IllegalArgumentException.class, () -> new ClassifierForm(1, 16, 5, 5, 1));
        RunDirectory run = RunDirectory.create(folder.resolve("run"), config(1));
        try (Backend backend = Backends.jvm(1);
                ImageData data = ImageData.open("builtin:strokes,count=20")) {
            ClassifierConfig other =
                    new ClassifierConfig(
                            TINY, "", config(1).optimizer(), new Course(4, 1, 0, 1, 1));
            GetjException misfit =
                    assertThrows(
                            GetjException.class,
                            () -> new ClassifierTrainer(backend, run, other, data));
            assertEquals(
                    "20 built-in strokes of seed 0: 16×16×1 images of 10 classes do not fit the"
                            + " classifier of 3×3×1 images: 7 hidden, 5 features, 4 classes",
                    misfit.getMessage());
        }
    }
}
