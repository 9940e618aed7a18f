package dev.getj.cli;

import dev.getj.sample.SampleRequest;
import dev.getj.solver.Solver;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the equilibria of a student's images are sought, and where they are led. */
final class SamplingOptions {
    private static final int MOST_ITERATIONS = 40;

    @Option(
            names = "--iterations",
            paramLabel = "K",
            description =
                    "Iterations of the solver, neither more nor less (default: 6 without --tol).")
    private Integer iterations;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            defaultValue = "1",
            description =
                    "Weight of classifier-free guidance, for networks trained with"
                            + " --label-dropout; 1 is none, others take twice the time (default:"
                            + " ${DEFAULT-VALUE}).")
    private double guidance;

    @Mixin private SolverOptions solver;

    double guidance() {
        return guidance;
    }

    /**
     * The solver that was asked for, 6 plain iterations by default.
     *
     * @throws picocli.CommandLine.ParameterException if options do not go together
     */
    Solver solver(CommonOptions common) {
        if (iterations != null && solver.limitGiven() != null) {
            throw common.wrongUsage(
                    "--iterations asks for that many, %s lets the solver stop: leave out one"
                            .formatted(solver.limitGiven()));
        }
        return solver.solver(usualIterations(), 0);
    }

    private int usualIterations() {
        if (iterations != null) {
            return iterations;
        }
        return solver.tolerance() == null ? SampleRequest.DEFAULT_ITERATIONS : MOST_ITERATIONS;
    }
}
