package dev.getj.cli;

import dev.getj.io.Printable;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;

/** Where Java starts: runs the command line and exits with its code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        StandardStreams.restoreError();
        StandardOutput output = new StandardOutput(StandardStreams.output());
        PrintWriter err = writer(System.err, "stderr");
        System.exit(run(args, output, writer(output, "stdout"), err));
    }

    /**
     * Runs one command line whose {@code out} writes to {@code output}.
     *
     * @return 1, too, if not everything could be written
     */
    static int run(String[] args, StandardOutput output, PrintWriter out, PrintWriter err) {
        int code = run(Getj.commandLine(output), args, out, err);
        if (code != 0 || output.failure().isEmpty()) {
            return code;
        }
        IOException failure = output.failure().get();
        // A script that asks for JSON wants all of it;
        // people who page through a table have seen enough.
        if (!StandardOutput.readerHasGone(failure) || List.of(args).contains(CommonOptions.JSON)) {
            err.println(
                    "getj: standard output could not be written to: "
                            + Printable.line(String.valueOf(failure.getMessage())));
            err.flush();
        }
        return Errors.FAILED;
    }

    /**
     * Runs one command line.
     *
     * @return 0, or 2 for wrong usage, or 1 for any other failure
     */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        return run(Getj.commandLine(), args, out, err);
    }

    static int run(CommandLine getj, String[] args, PrintWriter out, PrintWriter err) {
        try {
            getj.setOut(out).setErr(err);
            return getj.execute(Arguments.of(getj, args).toArray(String[]::new));
        } catch (ParameterException problem) {
            return Errors.wrongUsage(problem, args);
        } catch (Error exhaustedOrDevice) {
            return Errors.failed(exhaustedOrDevice, getj);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static PrintWriter writer(OutputStream stream, String name) {
        String encoding = System.getProperty(name + ".encoding");
        Charset charset = encoding == null ? Charset.defaultCharset() : Charset.forName(encoding);
        return new PrintWriter(stream, true, charset);
    }
}
