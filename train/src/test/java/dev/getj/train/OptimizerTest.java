package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.model.Initialization;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {
    private static final OptimizerSettings SETTINGS =
            new OptimizerSettings(0.1, 0.8, 0.95, 1e-3, 0.02, 2, 0.7);

    /** A handful of float operations on values around 1. */
    private static final double ROUNDING = 2e-6;

    @ParameterizedTest
    @ValueSource(strings = {"jvm", "reference"})
    void threeStepsAgreeWithAdamWWrittenDown(String device) {
        try (Backend backend = device.equals("jvm") ? Backends.jvm(2) : new ReferenceBackend()) {
            ParameterTable table = new ParameterTable(TinyRuns.model(2));
            Trained trained = Trained.allocate(backend, table);
            Parameters weights = trained.weights();
            Parameters gradients = new Parameters(backend, table);
            Initialization.initialize(TinyRuns.model(2), weights, 3);
            float[] start = weights.flat().get();
            Optimizer optimizer = new Optimizer(backend, SETTINGS, trained, gradients);
            optimizer.startAverage();
            assertArrayEquals(start, optimizer.average().flat().get());
            for (int t = 1; t <= 3; t++) {
                float[] gradient = new float[table.size()];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = gradient(i, t);
                }
                gradients.flat().set(gradient);
                optimizer.update(t);
            }
            float[] weight = weights.flat().get();
            float[] average = optimizer.average().flat().get();
            for (int i = 0; i < table.trainedSize(); i++) {
                double w = start[i];
                double m = 0;
                double v = 0;
                double ema = w;
                for (int t = 1; t <= 3; t++) {
                    double rate = t == 1 ? 0.05 : 0.1; // two steps of warm-up
                    double g = gradient(i, t);
                    m = 0.8 * m + 0.2 * g;
                    v = 0.95 * v + 0.05 * g * g;
                    double unbiasedM = m / (1 - Math.pow(0.8, t));
                    double unbiasedV = v / (1 - Math.pow(0.95, t));
                    w = w - rate * 0.02 * w - rate * unbiasedM / (Math.sqrt(unbiasedV) + 1e-3);
                    ema = 0.7 * ema + 0.3 * w;
                }
                assertEquals(w, weight[i], ROUNDING);
                assertEquals(ema, average[i], ROUNDING);
                assertEquals(m, optimizer.firstMoment().flat().get()[i], ROUNDING);
                assertEquals(v, optimizer.secondMoment().flat().get()[i], ROUNDING);
            }
            for (int i = table.trainedSize(); i < table.size(); i++) {
                assertEquals(start[i], weight[i], "positions are not trained");
                assertEquals(start[i], average[i], "positions are not averaged");
            }
        }
    }

    @Test
    void scalingTheGradientIsScalingEachOfItsElements() {
        try (Backend backend = Backends.jvm(1)) {
            ParameterTable table = ParameterTable.layers(3, 5);
            float[][] weights = new float[2][];
            for (int scaled = 0; scaled < 2; scaled++) {
                Trained trained = Trained.allocate(backend, table);
                Parameters gradients = new Parameters(backend, table);
                Optimizer optimizer = new Optimizer(backend, SETTINGS, trained, gradients);
                float[] gradient = new float[table.size()];
                for (int t = 1; t <= 3; t++) {
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] = gradient(i, t) * (scaled == 0 ? 1 : 0.125f);
                    }
                    gradients.flat().set(gradient);
                    optimizer.update(t, 0.1, scaled == 0 ? 0.125 : 1);
                }
                weights[scaled] = trained.weights().flat().get();
            }
            assertArrayEquals(weights[1], weights[0], 1e-6f);
        }
    }

    @Test
    void theNormIsThatOfAllElements() {
        for (int[] widths : new int[][] {{3, 5}, {40, 30, 7}}) {
            try (Backend backend = Backends.jvm(2)) {
                ParameterTable table = ParameterTable.layers(widths);
                Parameters gradients = new Parameters(backend, table);
                GradientNorm norm = new GradientNorm(backend, gradients.trained());
                float[] gradient = new float[table.size()];
                double squares = 0;
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = gradient(i, 1);
                    squares += (double) gradient[i] * gradient[i];
                }
                gradients.flat().set(gradient);
                assertEquals(Math.sqrt(squares), norm.get(), 1e-5);
            }
        }
    }

    @Test
    void ratesFallToNothingAtTheLastStep() {
        OptimizerSettings warm = new OptimizerSettings(0.4, 0.9, 0.999, 1e-8, 0, 4, 0.9);
        for (RateSchedule schedule : RateSchedule.values()) {
            assertEquals(0.2, schedule.rate(warm, 2, 12), 1e-15);
            assertEquals(0.4, schedule.rate(warm, 4, 12), 1e-15);
        }
        assertEquals(0.4, RateSchedule.CONSTANT.rate(warm, 12, 12));
        assertEquals(0.3, RateSchedule.LINEAR.rate(warm, 6, 12), 1e-15);
        assertEquals(0.2, RateSchedule.COSINE.rate(warm, 8, 12), 1e-15);
        assertEquals(0.4 * 0.5 * (1 + Math.sqrt(0.5)), RateSchedule.COSINE.rate(warm, 6, 12), 1e-9);
        assertEquals(0, RateSchedule.LINEAR.rate(warm, 12, 12), 1e-15);
        assertEquals(0, RateSchedule.COSINE.rate(warm, 12, 12), 1e-15);
    }

    private static float gradient(int i, int t) {
        return (float) Math.sin(1 + i * 0.37 + t);
    }

    @Test
    void theRateRisesLinearlyAndThenStays() {
        OptimizerSettings warm = new OptimizerSettings(0.4, 0.9, 0.999, 1e-8, 0, 4, 0.9);
        assertArrayEquals(
                new double[] {0.1, 0.2, 0.3, 0.4, 0.4},
                new double[] {warm.rate(1), warm.rate(2), warm.rate(3), warm.rate(4), warm.rate(5)},
                1e-15);
        assertEquals(1e-4, OptimizerSettings.paper().rate(1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.9, 0.9, 1e-8, 0, 0, 0.9, 'the learning rate must be positive, not 0.0'",
        "NaN, 0.9, 0.9, 1e-8, 0, 0, 0.9, 'the learning rate must be positive, not NaN'",
        "Infinity, 0.9, 0.9, 1e-8, 0, 0, 0.9, 'the learning rate must be positive, not Infinity'",
        "1, 1, 0.9, 1e-8, 0, 0, 0.9, 'beta1 must lie in [0, 1), not 1.0'",
        "1, 0.9, -1, 1e-8, 0, 0, 0.9, 'beta2 must lie in [0, 1), not -1.0'",
        "1, 0.9, 0.9, 0, 0, 0, 0.9, 'epsilon must be positive, not 0.0'",
        "1, 0.9, 0.9, 1e-8, -1, 0, 0.9, 'the weight decay must be at least 0, not -1.0'",
        "1, 0.9, 0.9, 1e-8, 0, -1, 0.9, 'the warm-up must be at least 0 steps, not -1'",
        "1, 0.9, 0.9, 1e-8, 0, 0, 1, 'the EMA decay must lie in [0, 1), not 1.0'",
    })
    void valuesOutsideTheirRangeAreNamed(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double decay,
            int warmup,
            double ema,
            String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new OptimizerSettings(
                                        rate, beta1, beta2, epsilon, decay, warmup, ema));
        assertEquals(message, error.getMessage());
    }
}
