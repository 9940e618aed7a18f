package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.io.Printable;
import dev.getj.kernels.DeviceException;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Every failure becomes one line on standard error, {@code getj: …}, and an exit code; the stack
 * trace is printed only with {@code --stacktrace}.
 */
final class Errors {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private Errors() {}

    /** An option or command that cannot be read: what is wrong, and where the help is. */
    static int wrongUsage(ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        String message =
                problem instanceof UnmatchedArgumentException unmatched
                        ? describeUnmatched(unmatched)
                        : problem.getMessage();
        err.println("getj: " + oneLine(message));
        err.println("try: " + command.getCommandSpec().qualifiedName() + " --help");
        if (List.of(args).contains(CommonOptions.STACKTRACE)) {
            problem.printStackTrace(err);
        }
        return WRONG_USAGE;
    }

    /** A command that threw. */
    static int failed(Exception problem, CommandLine command, ParseResult arguments) {
        ParseResult last = arguments;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        boolean trace = last.hasMatchedOption(CommonOptions.STACKTRACE);
        return report(problem, command.getErr(), trace, options(arguments));
    }

    /**
     * Prints the line for {@code problem} and returns the exit code.
     *
     * @param options whether the command that ran has an option, for advice that it can take
     */
    static int report(
            Throwable problem, PrintWriter err, boolean trace, Predicate<String> options) {
        err.println("getj: " + oneLine(describe(problem, options)));
        if (trace) {
            problem.printStackTrace(err);
        }
        return problem instanceof IllegalArgumentException ? WRONG_USAGE : FAILED;
    }

    /** Which options the command that runs has; none if it is not known. */
    static Predicate<String> options(ParseResult arguments) {
        if (arguments == null) {
            return _ -> false;
        }
        ParseResult last = arguments;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandSpec command = last.commandSpec();
        return option -> command.findOption(option) != null;
    }

    /** What takes less memory in the command that ran, as the beginning of a list. */
    private static String savings(Predicate<String> options) {
        List<String> ways = new ArrayList<>();
        if (options.test("--batch")) {
            ways.add("lower --batch");
        }
        if (options.test("--count")) {
            ways.add("lower --count");
        }
        if (options.test("--recompute")) {
            ways.add("train with --recompute");
        }
        return ways.isEmpty() ? "" : String.join(", ", ways) + ", or ";
    }

    private static String describe(Throwable problem, Predicate<String> options) {
        return switch (problem) {
            case GetjException ours -> ours.getMessage();
            case DeviceException device -> device.getMessage();
            case UncheckedIOException wrapped -> describe(wrapped.getCause(), options);
            case IOException io -> describeIo(io);
            case IllegalArgumentException option when option.getMessage() != null ->
                    option.getMessage();
            case OutOfMemoryError _ ->
                    "out of memory (Java was given %s): %sraise the limit with GETJ_JAVA_OPTS=-Xmx…"
                            .formatted(
                                    Bytes.text(Runtime.getRuntime().maxMemory()), savings(options));
            case Throwable device when DeviceFailure.is(device) -> DeviceFailure.describe(device);
            default ->
                    "unexpected "
                            + problem.getClass().getSimpleName()
                            + (problem.getMessage() == null ? "" : ": " + problem.getMessage())
                            + "; please report it with what --stacktrace prints";
        };
    }

    private static String describeUnmatched(UnmatchedArgumentException problem) {
        String kind = problem.isUnknownOption() ? "unknown option " : "unknown argument ";
        // the most alike comes first; what follows is a guess
        String meant = problem.getSuggestions().stream().findFirst().orElse("");
        return kind
                + String.join(" ", problem.getUnmatched())
                + (meant.isEmpty() ? "" : "; did you mean " + meant + "?");
    }

    private static String describeIo(IOException problem) {
        String message = String.valueOf(problem.getMessage());
        String file =
                problem instanceof FileSystemException named && named.getFile() != null
                        ? named.getFile() + ": "
                        : "";
        String known = message.toLowerCase(Locale.ROOT);
        if (known.contains("no space left") || known.contains("not enough space")) {
            return file + "no space left on the disk: free some or choose another folder";
        }
        return switch (problem) {
            case NoSuchFileException _ -> file + "no such file or folder";
            case AccessDeniedException _ -> file + "permission denied";
            default -> problem.getMessage() == null ? problem.getClass().getSimpleName() : message;
        };
    }

    private static String oneLine(String message) {
        return Printable.line(message.strip());
    }
}
