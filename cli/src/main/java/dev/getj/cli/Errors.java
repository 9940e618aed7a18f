package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.io.Printable;
import dev.getj.kernels.DeviceException;
import dev.getj.train.distributed.RankException;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;

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
                        : Ranges.refusal(problem).orElse(problem.getMessage());
        err.println("getj: " + oneLine(message));
        err.println("try: " + command.getCommandSpec().qualifiedName() + " --help");
        if (List.of(args).contains(CommonOptions.STACKTRACE)) {
            printTrace(problem, err);
        }
        return WRONG_USAGE;
    }

    /** A command that threw. */
    static int failed(Exception problem, CommandLine command, ParseResult arguments) {
        return report(problem, command.getErr(), last(arguments));
    }

    /** A command that met an error of Java, such as too little memory. */
    static int failed(Error problem, CommandLine getj) {
        return report(problem, getj.getErr(), last(getj.getParseResult()));
    }

    private static ParseResult last(ParseResult arguments) {
        ParseResult last = arguments;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last;
    }

    // prints the line, and the stack trace if that was asked for
    private static int report(Throwable problem, PrintWriter err, ParseResult arguments) {
        if (!(problem instanceof RankException rank && rank.toldElsewhere())) {
            err.println("getj: " + oneLine(describe(problem, arguments)));
        }
        if (arguments.hasMatchedOption(CommonOptions.STACKTRACE)) {
            printTrace(problem, err);
        }
        return problem instanceof IllegalArgumentException ? WRONG_USAGE : FAILED;
    }

    private static String describe(Throwable problem, ParseResult arguments) {
        return switch (problem) {
            case GetjException ours -> ours.getMessage();
            case DeviceException device -> device.getMessage();
            case UncheckedIOException wrapped -> describe(wrapped.getCause(), arguments);
            case IOException io -> describeIo(io);
            case IllegalArgumentException option when option.getMessage() != null ->
                    option.getMessage();
            case OutOfMemoryError _ ->
                    "out of memory (Java was given "
                            + Bytes.text(Runtime.getRuntime().maxMemory())
                            + "): "
                            + lessMemory(arguments)
                            + "raise the limit with GETJ_JAVA_OPTS=-Xmx…";
            case InternalError gone
                    when String.valueOf(gone.getMessage()).contains("memory access") ->
                    "a file that was in use was cut short, or its disk failed";
            case Throwable device when DeviceFailure.is(device) -> DeviceFailure.describe(device);
            default ->
                    "unexpected "
                            + problem.getClass().getSimpleName()
                            + (problem.getMessage() == null ? "" : ": " + problem.getMessage())
                            + "; please report it with what --stacktrace prints";
        };
    }

    /** What of the command's options would need less; a resumed run keeps its settings. */
    private static String lessMemory(ParseResult arguments) {
        if (arguments.hasMatchedOption("--resume")) {
            return "";
        }
        StringBuilder advice = new StringBuilder();
        for (String option : List.of("--batch", "--count", "--images")) {
            if (arguments.commandSpec().findOption(option) != null) {
                advice.append("lower ").append(option).append(", ");
            }
        }
        if (arguments.commandSpec().findOption("--recompute") != null
                && !arguments.hasMatchedOption("--recompute")) {
            advice.append("train with --recompute, ");
        }
        return advice.isEmpty() ? "" : advice + "or ";
    }

    private static String describeUnmatched(UnmatchedArgumentException problem) {
        CommandLine command = problem.getCommandLine();
        String first = problem.getUnmatched().getFirst();
        String all = String.join(" ", problem.getUnmatched());
        if (problem.isUnknownOption()) {
            return "unknown option " + all + Spelling.meant(first, Spelling.options(command));
        }
        return (command.getSubcommands().isEmpty() ? "unknown argument " : "unknown command ")
                + all
                + Spelling.meant(first, command.getSubcommands().keySet());
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

    private static void printTrace(Throwable problem, PrintWriter err) {
        StringWriter trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace, true));
        err.print(Printable.lines(trace.toString()));
    }

    private static String oneLine(String message) {
        return Printable.line(message.strip());
    }
}
