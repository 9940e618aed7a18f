package dev.getj.equilibrium;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.EquilibriumMap;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.PowerMethod;
import dev.getj.solver.Solver;
import dev.getj.solver.SpectralRadius;
import dev.getj.solver.Statistics;
import dev.getj.solver.StopMeasure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Solves for the equilibria of the same noise with several solvers, each from the same z₀, and
 * looks at the Jacobian where the best of them ended.
 */
public final class SolverComparison {
    /**
     * How a solver did.
     *
     * @param evaluations of f, until the whole batch was done
     * @param converged samples whose residual is below the tolerance
     * @param absolute mean over the samples of the lowest {@code ‖f(z) − z‖₂}
     * @param relative mean over the samples of the lowest {@code ‖f(z) − z‖₂ / ‖f(z)‖₂}
     * @param trace geometric mean over the samples of the measure that it stops by, one entry an
     *     evaluation, see {@link MeanTrace}
     */
    public record Outcome(
            int evaluations, int converged, double absolute, double relative, double[] trace) {}

    /**
     * All of it.
     *
     * @param solvers outcomes by name
     * @param spectralRadius of the Jacobian at the solution, one a sample
     * @param powerMethod TorchDEQ's estimate of it, which wanders below complex pairs
     * @param jacobianPenalty {@code ‖vᵀJ‖² / numel} there
     */
    public record Result(
            int count,
            SequencedMap<String, Outcome> solvers,
            double[] spectralRadius,
            double[] powerMethod,
            double jacobianPenalty) {}

    /** Of an estimate of the spectral radius. */
    private static final int PRODUCTS = 30;

    private final Network network;
    private final EquilibriumMap map;
    private final SequencedMap<String, Solver> solvers;
    private final Map<String, Solver.Solve> solves = new LinkedHashMap<>();
    private final Map<String, Program> keepSolution = new LinkedHashMap<>();
    private final IntTensor noiseKey;
    private final IntTensor startKey;
    private final Program drawNoise;
    private final Program drawStart;
    private final SpectralRadius radius;
    private final PowerMethod power;
    private final JacobianPenalty penalty;

    /**
     * Records everything.
     *
     * @param precision as in sampling
     * @param solvers at least one, by name
     * @param batch equilibria that are solved for at once
     * @throws IllegalArgumentException if the network has no equilibrium
     * @throws dev.getj.io.GetjException if the backend or the sizes of the network do not allow the
     *     precision
     */
    public SolverComparison(
            Backend backend,
            ModelConfig config,
            Parameters weights,
            Precision precision,
            SequencedMap<String, Solver> solvers,
            int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("at least 1 sample is needed, not " + batch);
        }
        this.solvers = solvers;
        Parameters gradients = new Parameters(backend, weights.table());
        precision.requireTrainable(backend, config, weights.table());
        network = new Network(backend, config, weights, precision);
        map = new EquilibriumMap(network, gradients, batch);
        FixedPointMap evaluation = map.evaluation();
        noiseKey = backend.allocateInts(StateOp.NORMAL_KEY);
        startKey = backend.allocateInts(StateOp.NORMAL_KEY);
        drawNoise = backend.record("draw noise", k -> k.normal(noiseKey, map.noise()));
        drawStart = backend.record("z0", k -> map.begin(k, startKey, evaluation.state()));
        Tensor solution = backend.allocate(map.state().shape());
        solvers.forEach(
                (name, solver) -> {
                    Solver.Solve solve = solver.prepare(evaluation);
                    solves.put(name, solve);
                    keepSolution.put(
                            name,
                            backend.record("keep solution", k -> k.copy(solve.best(), solution)));
                });
        radius = SpectralRadius.prepare(map, solution, PRODUCTS);
        power = PowerMethod.prepare(map, solution);
        penalty = JacobianPenalty.prepare(map, solution);
    }

    /**
     * Solves for the first samples of a seed.
     *
     * @param labels one a sample; not read by an unconditional network
     * @param powerIterations of the power method, at least 1
     */
    public Result run(long seed, int[] labels, int powerIterations) {
        map.labels().set(labels);
        noiseKey.set(NoiseStream.NOISE.key(seed, 0));
        startKey.set(NoiseStream.START.key(seed, 0));
        network.round();
        drawNoise.run();
        map.inject();
        SequencedMap<String, Outcome> outcomes = new LinkedHashMap<>();
        double lowest = Double.POSITIVE_INFINITY;
        for (String name : solvers.keySet()) {
            drawStart.run();
            Statistics statistics = solves.get(name).run();
            Outcome outcome = outcome(solvers.get(name), statistics);
            outcomes.put(name, outcome);
            if (outcomes.size() == 1 || outcome.absolute < lowest) {
                lowest = outcome.absolute;
                keepSolution.get(name).run();
            }
        }
        return new Result(
                labels.length,
                outcomes,
                radius.estimate(seed),
                power.estimate(powerIterations, seed),
                penalty.estimate(seed));
    }

    private static Outcome outcome(Solver solver, Statistics statistics) {
        boolean absolute = solver.measure() == StopMeasure.ABSOLUTE;
        double[] lowest = absolute ? statistics.absoluteLowest() : statistics.relativeLowest();
        double[][] traces = absolute ? statistics.absolute() : statistics.relative();
        return new Outcome(
                statistics.evaluations(),
                (int) Arrays.stream(lowest).filter(r -> r < solver.tolerance()).count(),
                statistics.meanAbsolute(),
                Arrays.stream(statistics.relativeLowest()).average().orElseThrow(),
                MeanTrace.of(traces));
    }

    /** Residual against function evaluations, one line a solver. */
    public static LineChart chart(Result result, StopMeasure measure) {
        List<LineChart.Line> lines = new ArrayList<>();
        result.solvers.forEach(
                (name, outcome) -> {
                    double[] evaluations = new double[outcome.trace.length];
                    Arrays.setAll(evaluations, k -> k + 1.0);
                    lines.add(new LineChart.Line(name, evaluations, outcome.trace));
                });
        boolean absolute = measure == StopMeasure.ABSOLUTE;
        return new LineChart(
                "Mean residual of %s samples".formatted(result.count),
                "evaluations of f",
                absolute ? "‖f(z) − z‖" : "‖f(z) − z‖ / ‖f(z)‖",
                true,
                lines);
    }
}
