package dev.getj.cli;

import dev.getj.equilibrium.SolverComparison;
import dev.getj.equilibrium.SolverComparison.Outcome;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;
import dev.getj.picture.ImageGrid;
import dev.getj.sample.WeightsLocation;
import dev.getj.solver.Solver;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;

/** {@code getj solve}: how the solvers converge on a network. */
@Command(
        name = "solve",
        description = {
            "Solve for the equilibria of a trained network with each solver, from the same noise"
                    + " and z0.",
            "Draws the residual against the evaluations of f, and tells the spectral radius of the"
                    + " Jacobian at the solution."
        })
final class SolveCommand implements Callable<Integer> {
    private static final int ITERATIONS = 40;
    private static final double TOLERANCE = 1e-3;

    record Result(
            int count,
            SequencedMap<String, Outcome> solvers,
            double[] spectralRadius,
            double[] powerMethod,
            double jacobianPenalty,
            String chart) {}

    @Mixin private CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private WeightsSource source;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "8",
            description = "Samples (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of noise and z0 (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--label",
            paramLabel = "c|NAME",
            description = "Class of the samples, by number or name (default: all in turn).")
    private String label;

    @Mixin private SolverOptions options;

    @Option(
            names = "--power-iterations",
            paramLabel = "N",
            defaultValue = "30",
            description =
                    "Of TorchDEQ's estimate of the spectral radius (default: ${DEFAULT-VALUE}).")
    private int powerIterations;

    @Mixin private PrecisionOption precision;

    @Option(
            names = "--chart",
            paramLabel = "F.png",
            defaultValue = "solve.png",
            description = "Picture of the convergence (default: ${DEFAULT-VALUE}).")
    private Path chart;

    @Override
    public Integer call() {
        SequencedMap<String, Solver> solvers = solvers();
        try (SafetensorsFile file = source.location().open(WeightsLocation.Network.STUDENT);
                Backend backend = common.backend()) {
            ModelConfig config = WeightsFile.config(file);
            if (config.kind() instanceof ModelConfig.Vit) {
                throw common.wrongUsage(
                        "%s has no equilibrium to solve for: %s"
                                .formatted(source.location(), config.describe()));
            }
            int[] labels = labels(config);
            String prefix = WeightsFile.prefix(file);
            Parameters weights = new Parameters(backend, WeightsFile.table(file, prefix, config));
            WeightsFile.read(file, prefix, config, weights);
            common.note(config.describe());
            SolverComparison.Result found =
                    new SolverComparison(
                                    backend, config, weights, precision.orFloats(), solvers, count)
                            .run(seed, labels, powerIterations);
            ImageGrid.writePng(
                    SolverComparison.chart(found, solvers.firstEntry().getValue().measure()).draw(),
                    chart);
            common.note("picture: " + chart);
            Result result =
                    new Result(
                            count,
                            found.solvers(),
                            found.spectralRadius(),
                            found.powerMethod(),
                            found.jacobianPenalty(),
                            chart.toString());
            common.print(result, () -> table(result));
            return 0;
        }
    }

    // the one of --solver, or all
    private SequencedMap<String, Solver> solvers() {
        SequencedMap<String, Solver> solvers = new LinkedHashMap<>();
        if (options.method() != null) {
            solvers.put(options.method().toString(), options.solver(ITERATIONS, TOLERANCE));
            return solvers;
        }
        for (SolverOptions.Method method : SolverOptions.Method.values()) {
            solvers.put(method.toString(), options.solver(method, ITERATIONS, TOLERANCE));
        }
        return solvers;
    }

    private int[] labels(ModelConfig config) {
        int[] labels = new int[count];
        if (!config.conditional()) {
            if (label != null) {
                throw common.wrongUsage("this network is unconditional: it takes no --label");
            }
            return labels;
        }
        Integer one = label == null ? null : ClassLabel.number(common, label, config.classNames());
        if (one != null && (one < 0 || one >= config.classes())) {
            throw common.wrongUsage(
                    "label %s is not a class of this network, which has 0…%s"
                            .formatted(one, config.classes() - 1));
        }
        Arrays.setAll(labels, i -> one != null ? one : i % config.classes());
        return labels;
    }

    private static String table(Result result) {
        StringBuilder table =
                new StringBuilder(
                        "%-12s %11s %9s %12s %12s%n"
                                .formatted(
                                        "solver",
                                        "evaluations",
                                        "converged",
                                        "|f(z) - z|",
                                        "relative"));
        result.solvers.forEach(
                (name, outcome) ->
                        table.append(
                                String.format(
                                        Locale.ROOT,
                                        "%-12s %11d %9s %12.3g %12.3g%n",
                                        name,
                                        outcome.evaluations(),
                                        outcome.converged() + "/" + result.count,
                                        outcome.absolute(),
                                        outcome.relative())));
        double largest = Arrays.stream(result.spectralRadius).max().orElseThrow();
        double mean = Arrays.stream(result.spectralRadius).average().orElseThrow();
        return table.append(
                        String.format(
                                Locale.ROOT,
                                "spectral radius %.3f on average, %.3f at most (power method:"
                                        + " %.3f); Jacobian penalty %.3f",
                                mean,
                                largest,
                                Arrays.stream(result.powerMethod).max().orElseThrow(),
                                result.jacobianPenalty))
                .toString();
    }
}
