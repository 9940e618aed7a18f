package dev.getj.equilibrium;

import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.profile.DryBackend;
import dev.getj.model.Estimator;
import dev.getj.model.Factors;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.Objective;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.TrainingPass;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.ImplicitGradient;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;
import dev.getj.solver.Weighting;
import dev.getj.train.Optimizer;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.Trained;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The memory of a training step by the number of iterations, for each gradient: parameters in all
 * roles, activations, states and what solvers keep, to the byte, as a backend allocates them.
 */
public final class TrainingMemory {
    private static final int PHANTOM_STEPS = 5;
    private static final double PHANTOM_DAMPING = 0.5;
    private static final double MEGABYTE = 1e6;

    private final ModelConfig model;
    private final int batch;
    private final Precision precision;

    /** In floats. */
    public TrainingMemory(ModelConfig model, int batch) {
        this(model, batch, Precision.FLOAT32);
    }

    /**
     * @throws IllegalArgumentException if the network has no equilibrium
     * @throws dev.getj.io.GetjException if the sizes of the network do not allow the precision
     */
    public TrainingMemory(ModelConfig model, int batch, Precision precision) {
        if (model.kind() instanceof ModelConfig.Vit) {
            throw new IllegalArgumentException(
                    model.name() + " has no equilibrium: there are no iterations to count");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("the batch must be at least 1, not " + batch);
        }
        this.model = model;
        this.batch = batch;
        this.precision = precision;
        precision.requireTrainable(new DryBackend(), model, new ParameterTable(model));
    }

    /**
     * Megabytes by gradient, for 1 … {@code mostIterations} iterations: unrolled ones, or those of
     * the solver in front of phantom and implicit gradients, and of the adjoint.
     */
    public SequencedMap<String, double[]> measure(int mostIterations) {
        SequencedMap<String, double[]> curves = new LinkedHashMap<>();
        curves.put("unrolled", curve(mostIterations, false, Estimator.Unrolled::of));
        curves.put("unrolled, recomputing", curve(mostIterations, true, Estimator.Unrolled::of));
        curves.put(
                "recomputing steps",
                curve(mostIterations, true, k -> Estimator.Unrolled.of(k).recomputing()));
        curves.put("phantom", curve(mostIterations, false, TrainingMemory::phantom));
        curves.put("implicit", curve(mostIterations, false, TrainingMemory::implicit));
        return curves;
    }

    private static Estimator phantom(int iterations) {
        return Estimator.Phantom.at(
                solver(iterations), PHANTOM_STEPS, PHANTOM_DAMPING, List.of(PHANTOM_STEPS));
    }

    private static Estimator implicit(int iterations) {
        return new Estimator.Implicit(
                solver(iterations), solver(iterations), ImplicitGradient.Jacobian.NEW_STATE);
    }

    private static Solver solver(int iterations) {
        return new FixedPointIteration(iterations, 1e-3, StopMeasure.ABSOLUTE, 1);
    }

    private double[] curve(int most, boolean recompute, IntFunction<Estimator> gradient) {
        return IntStream.rangeClosed(1, most)
                .mapToDouble(k -> bytes(gradient.apply(k), recompute) / MEGABYTE)
                .toArray();
    }

    /** Bytes of a training step with L1 loss. */
    public long bytes(Estimator gradient, boolean recompute) {
        DryBackend meter = new DryBackend();
        ParameterTable table = new ParameterTable(model);
        Trained trained = Trained.allocate(meter, table);
        Parameters gradients = new Parameters(meter, table);
        Factors factors = Factors.trained(meter, model, trained.weights(), precision);
        new Optimizer(meter, OptimizerSettings.paper(), trained, factors, gradients);
        Objective objective = Objective.of(LossKind.L1, gradient, new Weighting.Exponential(0.8));
        new TrainingPass(
                new Network(meter, model, trained.weights(), factors),
                gradients,
                objective,
                batch,
                recompute);
        return meter.bytes();
    }

    /** What {@link #measure} found, as a picture. */
    public LineChart chart(SequencedMap<String, double[]> curves) {
        List<LineChart.Line> lines =
                curves.entrySet().stream()
                        .map(
                                curve ->
                                        new LineChart.Line(
                                                curve.getKey(),
                                                iterations(curve.getValue().length),
                                                curve.getValue()))
                        .toList();
        return new LineChart(
                "Memory of a training step, %s, batch %s".formatted(model.name(), batch),
                "iterations",
                "MB",
                false,
                lines);
    }

    private static double[] iterations(int most) {
        double[] iterations = new double[most];
        Arrays.setAll(iterations, i -> i + 1.0);
        return iterations;
    }
}
