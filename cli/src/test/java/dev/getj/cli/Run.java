package dev.getj.cli;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.BiFunction;

/** What one command line printed, and its exit code. */
record Run(int code, String out, String err) {
    static Run getj(String... args) {
        return capture((out, err) -> Main.run(args, out, err));
    }

    /** Runs {@code command} as a subcommand of getj, under its error policy. */
    static Run with(Object command, String... args) {
        return capture(
                (out, err) -> {
                    CommandLine getj = Getj.commandLine();
                    getj.addSubcommand(command);
                    return Main.run(getj, args, out, err);
                });
    }

    private static Run capture(BiFunction<PrintWriter, PrintWriter, Integer> action) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = action.apply(new PrintWriter(out), new PrintWriter(err));
        return new Run(code, out.toString(), err.toString());
    }

    long errorLines() {
        return err.lines().count();
    }
}
