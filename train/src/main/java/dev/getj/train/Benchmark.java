package dev.getj.train;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.Factors;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.Objective;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.TrainingPass;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import java.util.Arrays;

/** Times whole sampling and training steps of a network with random weights. */
public final class Benchmark {
    /**
     * Floating-point operations of a training step over those of its forward pass: backward costs
     * twice the forward.
     */
    private static final int TRAINING_FACTOR = 3;

    /**
     * Wall-clock times of one batch.
     *
     * @param gflops 10⁹ floating-point operations a second at the median: linear layers and
     *     attention, an FMA being two; recomputation is not counted
     */
    public record Times(
            double medianMs, double minMs, double maxMs, double imagesPerSecond, double gflops) {}

    private final Backend backend;
    private final ModelConfig config;
    private final int batch;
    private final int iterations;

    public Benchmark(Backend backend, ModelConfig config, int batch, int iterations) {
        this.backend = backend;
        this.config = config;
        this.batch = batch;
        this.iterations = iterations;
    }

    /** Times {@link #sampling}. */
    public Times sample(int warmup, int runs) {
        return sample(warmup, runs, Precision.FLOAT32);
    }

    /** Times {@link #sampling(Precision)}. */
    public Times sample(int warmup, int runs, Precision precision) {
        return time(warmup, runs, 1, sampling(precision));
    }

    /** Times {@link #training} in floats. */
    public Times train(int warmup, int runs, boolean recompute) {
        return train(warmup, runs, recompute, Precision.FLOAT32);
    }

    /** Times {@link #training}. */
    public Times train(int warmup, int runs, boolean recompute, Precision precision) {
        return time(warmup, runs, TRAINING_FACTOR, training(recompute, precision));
    }

    /** Noise to images, {@code iterations} applications of the equilibrium map; ready to run. */
    public Runnable sampling() {
        return sampling(Precision.FLOAT32);
    }

    /** {@link #sampling()} in another precision. */
    public Runnable sampling(Precision precision) {
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, 0);
        Sampler sampler =
                new Sampler(new HeldBackend.Borrowed(backend), config, weights, batch, precision);
        sampler.keepWeights();
        SampleRequest request = SampleRequest.of(batch).withIterations(iterations);
        return () -> sampler.sample(request);
    }

    /** {@link #training(boolean, Precision)} in floats. */
    public Runnable training(boolean recompute) {
        return training(recompute, Precision.FLOAT32);
    }

    /**
     * Forward, backward, AdamW and EMA of one batch, {@code iterations} unrolled; ready to run, any
     * number of times.
     *
     * @throws dev.getj.io.GetjException if the backend or the sizes of the network do not allow the
     *     precision
     */
    public Runnable training(boolean recompute, Precision precision) {
        ParameterTable table = new ParameterTable(config);
        Trained trained = Trained.allocate(backend, table);
        Parameters weights = trained.weights();
        Initialization.initialize(config, weights, 0);
        Parameters gradients = new Parameters(backend, table);
        Factors factors = Factors.trained(backend, config, weights, precision);
        Optimizer optimizer =
                new Optimizer(backend, OptimizerSettings.paper(), trained, factors, gradients);
        optimizer.startAverage();
        Objective objective = Objective.unrolled(LossKind.L1, iterations, 0.8);
        TrainingPass pass =
                new TrainingPass(
                        new Network(backend, config, weights, factors),
                        gradients,
                        objective,
                        batch,
                        recompute);
        long[] step = {0};
        return () -> {
            if (step[0] == 0) {
                factors.round();
            }
            pass.run();
            optimizer.update(++step[0]);
        };
    }

    private Times time(int warmup, int runs, int factor, Runnable work) {
        for (int i = 0; i < warmup; i++) {
            work.run();
        }
        double[] milliseconds = new double[runs];
        for (int i = 0; i < runs; i++) {
            long begin = System.nanoTime();
            work.run();
            milliseconds[i] = (System.nanoTime() - begin) * 1e-6;
        }
        Arrays.sort(milliseconds);
        double median = (milliseconds[(runs - 1) / 2] + milliseconds[runs / 2]) / 2;
        double operations = 2.0 * factor * batch * config.multiplyAccumulates(iterations);
        return new Times(
                median,
                milliseconds[0],
                milliseconds[runs - 1],
                batch * 1e3 / median,
                operations / median * 1e-6);
    }
}
