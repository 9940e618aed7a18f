package dev.getj.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What numbers the options take, in one table for all commands: an option of one name means the
 * same wherever it is. A value outside ends a command before it does anything. Limits above which
 * nothing sensible lies keep a slip of the key from becoming hours or all of the memory.
 */
final class Ranges {
    private static final Range SEED = new Range.Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    private static final Range STEPS = new Range.Whole(1, 1_000_000_000);
    private static final Range IMAGES = new Range.Whole(1, 100_000_000);
    private static final Range BATCH = new Range.Whole(1, 1_000_000);
    private static final Range ITERATIONS = new Range.Whole(1, 10_000);
    private static final Range WIDTH = new Range.Whole(1, 65_536);
    private static final Range BLOCKS = new Range.Whole(0, 1_000);
    private static final Range NOT_NEGATIVE = new Range.Real(0, true, Double.MAX_VALUE, true);
    private static final Range POSITIVE = new Range.Real(0, false, Double.MAX_VALUE, true);
    private static final Range FRACTION = new Range.Real(0, false, 1, true);
    private static final Range DECAY = new Range.Real(0, true, 1, false);

    private static final Map<String, Range> BY_OPTION =
            Map.ofEntries(
                    Map.entry("--threads", new Range.Whole(1, 4096)),
                    Map.entry("--processes", new Range.Whole(1, 1024)),
                    // how many of something
                    Map.entry("--batch", BATCH),
                    Map.entry("--count", IMAGES),
                    Map.entry("--data-count", new Range.Whole(4, 100_000_000)),
                    Map.entry("--images", IMAGES),
                    Map.entry("--pairs", IMAGES),
                    Map.entry("--seed", SEED),
                    Map.entry("--seeds", new Range.Whole(1, 1000)),
                    Map.entry("--runs", new Range.Whole(1, 100_000)),
                    Map.entry("--splits", new Range.Whole(1, 10_000)),
                    Map.entry("--steps", STEPS),
                    Map.entry("--save-every", STEPS),
                    Map.entry("--sample-every", STEPS),
                    Map.entry("--eval-every", STEPS),
                    Map.entry("--held-out", new Range.Whole(0, 100_000_000)),
                    Map.entry("--warmup", new Range.Whole(0, 1_000_000_000)),
                    Map.entry("--sampler-steps", new Range.Whole(2, 10_000)),
                    Map.entry("--iterations", ITERATIONS),
                    Map.entry("--max-iterations", ITERATIONS),
                    Map.entry("--power-iterations", ITERATIONS),
                    Map.entry("--backward-max-iterations", ITERATIONS),
                    Map.entry("--supervise-every", ITERATIONS),
                    Map.entry("--supervise-at", ITERATIONS),
                    Map.entry("--slices", new Range.Whole(1, 1000)),
                    Map.entry("--memory", ITERATIONS),
                    // a service
                    Map.entry("--port", new Range.Whole(0, 65_535)),
                    Map.entry("--queue", new Range.Whole(1, 10_000)),
                    Map.entry("--most-images", new Range.Whole(1, 10_000)),
                    Map.entry("--most-iterations", ITERATIONS),
                    Map.entry("--grace", new Range.Whole(0, 3_600)),
                    // sizes of networks and images
                    Map.entry("--classes", new Range.Whole(0, 1_000_000)),
                    Map.entry("--class", new Range.Whole(0, 1_000_000)),
                    Map.entry("--label", new Range.Whole(0, 1_000_000)),
                    Map.entry("--image-size", new Range.Whole(1, 4096)),
                    Map.entry("--resize", new Range.Whole(1, 4096)),
                    Map.entry("--channels", new Range.Whole(1, 1024)),
                    Map.entry("--patch", new Range.Whole(1, 4096)),
                    Map.entry("--width", WIDTH),
                    Map.entry("--hidden", WIDTH),
                    Map.entry("--features", WIDTH),
                    Map.entry("--heads", new Range.Whole(1, 1024)),
                    Map.entry("--depth", BLOCKS),
                    Map.entry("--deq-depth", BLOCKS),
                    Map.entry("--mlp-ratio", new Range.Real(0, false, 1024, true)),
                    Map.entry("--deq-mlp-ratio", new Range.Real(0, false, 1024, true)),
                    // the optimiser and the objective
                    Map.entry("--lr", POSITIVE),
                    Map.entry("--beta1", DECAY),
                    Map.entry("--beta2", DECAY),
                    Map.entry("--epsilon", POSITIVE),
                    Map.entry("--weight-decay", NOT_NEGATIVE),
                    Map.entry("--clip", NOT_NEGATIVE),
                    Map.entry("--ema-every", new Range.Whole(0, 1_000_000_000)),
                    Map.entry("--length", new Range.Real(0, false, 0.288, true)),
                    Map.entry("--step", STEPS),
                    Map.entry("--feature-weight", POSITIVE),
                    Map.entry("--ring", new Range.Whole(1, 100_000_000)),
                    Map.entry("--reuse", new Range.Whole(1, 1_000_000)),
                    Map.entry("--label-dropout", DECAY),
                    Map.entry("--guidance", new Range.Real(0, true, 1000, true)),
                    Map.entry("--ema", DECAY),
                    Map.entry("--loss-decay", new Range.Real(0, true, 1, true)),
                    Map.entry("--jacobian-penalty", NOT_NEGATIVE),
                    Map.entry("--gradient-damping", FRACTION),
                    // the solvers of fixed points
                    Map.entry("--tol", NOT_NEGATIVE),
                    Map.entry("--backward-tol", NOT_NEGATIVE),
                    Map.entry("--ridge", NOT_NEGATIVE),
                    Map.entry("--damping", FRACTION),
                    Map.entry("--sigma-data", POSITIVE),
                    Map.entry("--tolerance", NOT_NEGATIVE));

    /** Where a command is stricter. */
    private static final Map<String, Range> BY_COMMAND =
            Map.of(
                    "getj pairs generate --steps", new Range.Whole(2, 10_000),
                    "getj pairs generate --classes", new Range.Whole(1, 1_000_000),
                    "getj pairs generate --count", new Range.Whole(1, 1_000_000_000_000L),
                    "getj eval --count", new Range.Whole(4, 100_000_000),
                    "getj profile --warmup", new Range.Whole(1, 100_000),
                    "getj bench --warmup", new Range.Whole(0, 100_000),
                    "getj memory --iterations", new Range.Whole(1, 1000),
                    "getj export --iterations", new Range.Whole(1, 1000));

    private Ranges() {}

    /** What an option takes, if it is known to take numbers. */
    static Optional<Range> of(CommandLine command, OptionSpec option) {
        String name = option.longestName();
        Range own = BY_COMMAND.get(command.getCommandSpec().qualifiedName() + " " + name);
        return Optional.ofNullable(own != null ? own : BY_OPTION.get(name));
    }

    /**
     * Looks at the values of an option that was given.
     *
     * @throws ParameterException if one is outside its range
     */
    static void check(CommandLine command, OptionSpec option) {
        Optional<Range> range = isNumber(option) ? of(command, option) : Optional.empty();
        if (range.isEmpty()) {
            return;
        }
        Collection<?> values =
                option.getValue() instanceof Collection<?> several
                        ? several
                        : List.of(option.<Object>getValue());
        for (Object value : values) {
            if (value instanceof Number number && !range.get().contains(number)) {
                String typed =
                        values.size() == 1
                                ? option.originalStringValues().getFirst()
                                : number.toString();
                throw new ParameterException(
                        command, refusal(option, typed, range.get()), option, typed);
            }
        }
    }

    /**
     * The line for a value that is no number at all, or one too large for its type.
     *
     * @return none if the option takes something else
     */
    static Optional<String> refusal(ParameterException problem) {
        ArgSpec argument = problem.getArgSpec();
        if (!(argument instanceof OptionSpec option) || problem.getValue() == null) {
            return Optional.empty();
        }
        return isNumber(option)
                ? of(problem.getCommandLine(), option)
                        .map(range -> refusal(option, problem.getValue(), range))
                : Optional.empty();
    }

    /** Whether an option's value, or each of its values, is a number. */
    static boolean isNumber(OptionSpec option) {
        Class<?> type = option.isMultiValue() ? option.auxiliaryTypes()[0] : option.type();
        return List.of(int.class, long.class, double.class, Integer.class, Long.class, Double.class)
                .contains(type);
    }

    private static String refusal(OptionSpec option, String value, Range range) {
        return option.longestName() + " " + value + ": " + range.describe() + " is needed";
    }
}
