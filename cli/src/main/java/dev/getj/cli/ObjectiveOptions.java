package dev.getj.cli;

import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.ImplicitGradient.Jacobian;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;
import dev.getj.solver.Weighting;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that say what training minimises and which gradient it takes. */
final class ObjectiveOptions {
    enum Gradient {
        UNROLLED,
        TRUNCATED,
        PHANTOM,
        IMPLICIT;

        /** As {@code --gradient} takes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Rule {
        EXPONENTIAL,
        LINEAR,
        CONSTANT
    }

    enum At {
        NEW,
        TRACKED
    }

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})-(\\d{1,6})");
    private static final int FORWARD_ITERATIONS = 40;
    private static final double FORWARD_TOLERANCE = 1e-3;

    /** Names of losses as {@code --loss} takes them. */
    static final class Loss implements ITypeConverter<LossKind> {
        @Override
        public LossKind convert(String value) {
            for (LossKind kind : LossKind.values()) {
                if (kind.name().replace('_', '-').equalsIgnoreCase(value)) {
                    return kind;
                }
            }
            throw new TypeConversionException("'" + value + "' is not l1, l2 or pseudo-huber");
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin private SolverOptions solver;

    @Option(
            names = "--objective",
            paramLabel = "paper|tuned",
            description = {
                "What holds unless another option says otherwise. paper: --loss l1 --lr 1e-4"
                        + " --warmup 0 --clip 0 --start noise. tuned: --loss pseudo-huber --lr"
                        + " 0.1/width --warmup steps/20 --clip 0.5 --start injection (default:"
                        + " tuned; with --from: paper)."
            })
    private Recipe recipe;

    @Option(
            names = "--loss",
            paramLabel = "L",
            converter = Loss.class,
            description =
                    "Distance to the teacher's image: l1, l2 or pseudo-huber (default: see"
                            + " --objective).")
    private LossKind loss;

    @Option(
            names = "--gradient",
            paramLabel = "G",
            defaultValue = "unrolled",
            description = {
                "Of the equilibrium: unrolled (differentiate all steps), truncated (the last ones,"
                        + " after a random number of others), phantom (solve, then"
                        + " differentiate a few damped steps) or implicit (solve, then solve the"
                        + " adjoint equation) (default: ${DEFAULT-VALUE})."
            })
    private Gradient gradient;

    @Option(
            names = "--iterations",
            paramLabel = "K",
            description =
                    "Differentiated applications of the equilibrium map (default: 6 unrolled, 3"
                            + " truncated, 5 phantom).")
    private Integer iterations;

    @Option(
            names = "--before",
            paramLabel = "A-B",
            description =
                    "Applications before those that truncated gradients differentiate: each batch"
                            + " draws a number from A to B (default: 0-6).")
    private String before;

    @Option(
            names = "--gradient-damping",
            paramLabel = "T",
            description = "Share of f(z) in each step of phantom gradients (default: 0.5).")
    private Double gradientDamping;

    @Option(
            names = "--supervise-every",
            paramLabel = "S",
            description =
                    "Decode every S-th differentiated state, and the last (default: 1 unrolled, the"
                            + " last alone with phantom).")
    private Integer superviseEvery;

    @Option(
            names = "--supervise-at",
            paramLabel = "K",
            split = ",",
            description = "Decode the states after these steps, such as 2,4, and the last.")
    private List<Integer> superviseAt;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Go so often through solve and gradient, each time from where the last ended"
                            + " (default: ${DEFAULT-VALUE}).")
    private int slices;

    @Option(
            names = "--weighting",
            paramLabel = "W",
            defaultValue = "exponential",
            description =
                    "Of the losses of several states: exponential, linear or constant (default:"
                            + " ${DEFAULT-VALUE}).")
    private Rule weighting;

    @Option(
            names = "--loss-decay",
            paramLabel = "X",
            description =
                    "Weight of a state's loss over the next one's (default: 0.8); with --weighting"
                            + " linear, its slope (default: 0.9).")
    private Double lossDecay;

    @Option(
            names = "--backward-solver",
            paramLabel = "S",
            converter = SolverOptions.Method.Converter.class,
            description =
                    "Solver of the adjoint equation: fixed-point, anderson or broyden (default:"
                            + " fixed-point).")
    private SolverOptions.Method backwardSolver;

    @Option(
            names = "--backward-max-iterations",
            paramLabel = "N",
            description = "Most iterations of the backward solver (default: 40).")
    private Integer backwardIterations;

    @Option(
            names = "--backward-tol",
            paramLabel = "X",
            description = "Tolerance of the backward solver (default: 1e-6).")
    private Double backwardTolerance;

    @Option(
            names = "--jacobian",
            paramLabel = "new|tracked",
            description =
                    "Where implicit gradients take the Jacobian: at the new state, or at the"
                            + " tracked step, which saves two evaluations (default: new).")
    private At jacobian;

    @Option(
            names = "--recompute-steps",
            description =
                    "Keep one state of each differentiated step and evaluate it once more in the"
                            + " backward pass: the least memory, together with --recompute; same"
                            + " result but for rounding.")
    private boolean recomputeSteps;

    @Option(
            names = "--jacobian-penalty",
            paramLabel = "X",
            defaultValue = "0",
            description =
                    "Factor of the Jacobian penalty at the last state (default:"
                            + " ${DEFAULT-VALUE}).")
    private double jacobianPenalty;

    /**
     * The objective that the options describe.
     *
     * @param from whether the run begins with a checkpoint from elsewhere
     * @throws ParameterException if options do not go together
     * @throws IllegalArgumentException if a value is outside its range
     */
    Objective objective(ModelConfig model, boolean from) {
        if (model.kind() instanceof ModelConfig.Vit && gradient != Gradient.UNROLLED) {
            throw wrongUsage(
                    "--gradient %s needs a network with an equilibrium, unlike %s"
                            .formatted(gradient, model.name()));
        }
        Estimator estimator =
                switch (gradient) {
                    case UNROLLED -> unrolled();
                    case TRUNCATED -> truncated();
                    case PHANTOM -> phantom();
                    case IMPLICIT -> implicit();
                };
        LossKind distance = Objects.requireNonNullElse(loss, recipe(from).loss());
        return new Objective(distance, estimator, slices, weighting(), jacobianPenalty);
    }

    /** What holds where no option says otherwise. */
    Recipe recipe(boolean from) {
        return Objects.requireNonNullElse(recipe, from ? Recipe.PAPER : Recipe.TUNED);
    }

    private Estimator unrolled() {
        refuse(solver.given());
        refuse(gradientDamping != null, "--gradient-damping");
        refuse(before != null, "--before");
        refuseBackward();
        int steps = Objects.requireNonNullElse(iterations, 6);
        Estimator.Unrolled unrolled =
                superviseAt != null
                        ? Estimator.Unrolled.at(steps, supervised(steps, 1))
                        : Estimator.Unrolled.every(
                                Objects.requireNonNullElse(superviseEvery, 1), steps);
        return recomputeSteps ? unrolled.recomputing() : unrolled;
    }

    private Estimator truncated() {
        refuse(solver.given());
        refuse(gradientDamping != null, "--gradient-damping");
        refuseBackward();
        int steps = Objects.requireNonNullElse(iterations, 3);
        int[] range = range(Objects.requireNonNullElse(before, "0-6"));
        List<Integer> states =
                superviseAt == null && superviseEvery == null
                        ? GradientSteps.every(1, steps, 1).supervised()
                        : supervised(steps, 1);
        Estimator.Truncated truncated =
                new Estimator.Truncated(
                        range[0], range[1], steps, states, GradientSteps.Memory.STORE);
        return recomputeSteps ? truncated.recomputing() : truncated;
    }

    private int[] range(String text) {
        Matcher numbers = RANGE.matcher(text);
        if (!numbers.matches()) {
            throw wrongUsage(
                    "--before takes two whole numbers such as 0-6, not %s".formatted(text));
        }
        return new int[] {Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))};
    }

    private Estimator phantom() {
        refuse(before != null, "--before");
        refuseBackward();
        int steps = Objects.requireNonNullElse(iterations, 5);
        double damping = Objects.requireNonNullElse(gradientDamping, 0.5);
        Estimator.Phantom phantom =
                Estimator.Phantom.at(forward(), steps, damping, supervised(steps, damping));
        return recomputeSteps ? phantom.recomputing() : phantom;
    }

    private Estimator implicit() {
        refuse(before != null, "--before");
        refuse(iterations != null, "--iterations");
        refuse(gradientDamping != null, "--gradient-damping");
        refuse(superviseEvery != null, "--supervise-every");
        refuse(superviseAt != null, "--supervise-at");
        refuse(recomputeSteps, "--recompute-steps");
        return new Estimator.Implicit(
                forward(),
                backward(),
                jacobian == At.TRACKED ? Jacobian.TRACKED_STEP : Jacobian.NEW_STATE);
    }

    // the steps that --supervise-at or --supervise-every name, and the last
    private List<Integer> supervised(int steps, double damping) {
        if (superviseAt != null && superviseEvery != null) {
            throw wrongUsage("--supervise-every and --supervise-at exclude each other");
        }
        if (superviseEvery != null) {
            return GradientSteps.every(superviseEvery, steps, damping).supervised();
        }
        List<Integer> named = Objects.requireNonNullElse(superviseAt, List.of());
        return GradientSteps.at(steps, damping, named).supervised();
    }

    private Solver forward() {
        return solver.solver(FORWARD_ITERATIONS, FORWARD_TOLERANCE);
    }

    private Solver backward() {
        int most = Objects.requireNonNullElse(backwardIterations, 40);
        double below = Objects.requireNonNullElse(backwardTolerance, 1e-6);
        return switch (Objects.requireNonNullElse(
                backwardSolver, SolverOptions.Method.FIXED_POINT)) {
            case FIXED_POINT -> new FixedPointIteration(most, below, StopMeasure.ABSOLUTE, 1);
            case ANDERSON -> Anderson.fast(most, below);
            case BROYDEN -> Broyden.of(most, below);
        };
    }

    private Weighting weighting() {
        return switch (weighting) {
            case EXPONENTIAL ->
                    new Weighting.Exponential(Objects.requireNonNullElse(lossDecay, 0.8));
            case LINEAR -> new Weighting.Linear(Objects.requireNonNullElse(lossDecay, 0.9));
            case CONSTANT -> {
                if (lossDecay != null) {
                    throw wrongUsage("--loss-decay means nothing to --weighting constant");
                }
                yield new Weighting.Constant(1);
            }
        };
    }

    private void refuseBackward() {
        refuse(backwardSolver != null, "--backward-solver");
        refuse(backwardIterations != null, "--backward-max-iterations");
        refuse(backwardTolerance != null, "--backward-tol");
        refuse(jacobian != null, "--jacobian");
    }

    private void refuse(boolean given, String option) {
        refuse(given ? option : null);
    }

    // an option that was given, or null
    private void refuse(String option) {
        if (option != null) {
            throw wrongUsage(option + " means nothing to --gradient " + gradient);
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
