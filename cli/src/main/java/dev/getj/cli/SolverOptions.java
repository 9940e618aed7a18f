package dev.getj.cli;

import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Ridge;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;
import java.util.Objects;

/** The options that say how a fixed point is sought: {@code @Mixin} it. */
final class SolverOptions {
    /** The methods there are. */
    enum Method {
        FIXED_POINT,
        ANDERSON,
        BROYDEN;

        /** As {@code --solver} takes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static final class Converter implements ITypeConverter<Method> {
            @Override
            public Method convert(String value) {
                // TorchDEQ calls the first fixed_point_iter
                String name = value.replace('_', '-').replaceFirst("(?i)-iter$", "");
                for (Method method : values()) {
                    if (method.toString().equalsIgnoreCase(name)) {
                        return method;
                    }
                }
                throw new TypeConversionException(
                        "'" + value + "' is not fixed-point, anderson or broyden");
            }
        }
    }

    enum Stop {
        ABS,
        REL
    }

    /** Anderson's memory, as in TorchDEQ. */
    private static final int MEMORY = 6;

    private static final double ABSOLUTE_RIDGE = 1e-4;
    private static final double RELATIVE_RIDGE = 1e-6;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--solver",
            paramLabel = "S",
            converter = Method.Converter.class,
            description =
                    "How the fixed point is sought: fixed-point, anderson or broyden (default:"
                            + " fixed-point).")
    private Method method;

    @Option(
            names = "--max-iterations",
            paramLabel = "N",
            description = "Most iterations of the solver (default: 40).")
    private Integer maxIterations;

    @Option(
            names = "--tol",
            paramLabel = "X",
            description = "A sample is solved when its residual is below this.")
    private Double tolerance;

    @Option(
            names = "--stop",
            paramLabel = "abs|rel",
            description = "Which residual: |f(z) - z|, or that over |f(z)| (default: abs).")
    private Stop stop;

    @Option(
            names = "--memory",
            paramLabel = "M",
            description =
                    "Evaluations that anderson mixes (default: 6), updates that broyden keeps"
                            + " (default: all).")
    private Integer memory;

    @Option(
            names = "--ridge",
            paramLabel = "X",
            description =
                    "Added to the diagonal of anderson's equations, in units of the largest squared"
                            + " residual (default: 1e-6).")
    private Double ridge;

    @Option(
            names = "--ridge-absolute",
            description =
                    "Take --ridge as it is, whatever the residuals are, as TorchDEQ does (default"
                            + " then: 1e-4).")
    private boolean absoluteRidge;

    @Option(
            names = "--damping",
            paramLabel = "T",
            description = "Share of f(z) in the next z, of fixed-point and anderson (default: 1).")
    private Double damping;

    @Option(names = "--line-search", description = "Shorten broyden's steps until they help.")
    private boolean lineSearch;

    /** The first option that was given, or null if none was. */
    String given() {
        if (method != null) {
            return "--solver";
        }
        if (maxIterations != null) {
            return "--max-iterations";
        }
        if (tolerance != null) {
            return "--tol";
        }
        if (stop != null) {
            return "--stop";
        }
        return special();
    }

    // the first given option that not every method has
    private String special() {
        if (memory != null) {
            return "--memory";
        }
        if (ridge != null) {
            return "--ridge";
        }
        if (absoluteRidge) {
            return "--ridge-absolute";
        }
        if (damping != null) {
            return "--damping";
        }
        return lineSearch ? "--line-search" : null;
    }

    /** {@code --max-iterations} or {@code --tol}, whichever was given; null if neither was. */
    String limitGiven() {
        return tolerance != null ? "--tol" : maxIterations != null ? "--max-iterations" : null;
    }

    /** The method of {@code --solver}; null if it was not given. */
    Method method() {
        return method;
    }

    /** What {@code --tol} says; null if it was not given. */
    Double tolerance() {
        return tolerance;
    }

    /**
     * The solver that the options describe.
     *
     * @param usualIterations without {@code --max-iterations}
     * @param usualTolerance without {@code --tol}
     * @throws ParameterException if an option does not belong to the method
     * @throws IllegalArgumentException if a value is outside its range
     */
    Solver solver(int usualIterations, double usualTolerance) {
        Method chosen = Objects.requireNonNullElse(method, Method.FIXED_POINT);
        refuse(chosen == Method.FIXED_POINT && memory != null, "--memory", chosen);
        refuse(chosen != Method.ANDERSON && ridge != null, "--ridge", chosen);
        refuse(chosen != Method.ANDERSON && absoluteRidge, "--ridge-absolute", chosen);
        refuse(chosen == Method.BROYDEN && damping != null, "--damping", chosen);
        refuse(chosen != Method.BROYDEN && lineSearch, "--line-search", chosen);
        return solver(chosen, usualIterations, usualTolerance);
    }

    private void refuse(boolean wrong, String option, Method chosen) {
        if (wrong) {
            throw new ParameterException(
                    command.commandLine(), option + " means nothing to --solver " + chosen);
        }
    }

    /** As above with a given method, to which options that it does not have mean nothing. */
    Solver solver(Method chosen, int usualIterations, double usualTolerance) {
        int most = Objects.requireNonNullElse(maxIterations, usualIterations);
        double below = Objects.requireNonNullElse(tolerance, usualTolerance);
        StopMeasure measure = stop == Stop.REL ? StopMeasure.RELATIVE : StopMeasure.ABSOLUTE;
        double tau = Objects.requireNonNullElse(damping, 1.0);
        return switch (chosen) {
            case FIXED_POINT -> new FixedPointIteration(most, below, measure, tau);
            case ANDERSON ->
                    new Anderson(
                            most,
                            below,
                            measure,
                            Objects.requireNonNullElse(memory, MEMORY),
                            ridge(),
                            tau);
            case BROYDEN ->
                    new Broyden(
                            most,
                            below,
                            measure,
                            Objects.requireNonNullElse(memory, most),
                            lineSearch);
        };
    }

    private Ridge ridge() {
        return absoluteRidge
                ? Ridge.absolute(Objects.requireNonNullElse(ridge, ABSOLUTE_RIDGE))
                : Ridge.relative(Objects.requireNonNullElse(ridge, RELATIVE_RIDGE));
    }
}
