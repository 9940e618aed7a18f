package dev.getj.cli;

import picocli.CommandLine;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/** Where Java starts: runs the command line and exits with its code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        StandardStreams.restoreError();
        PrintStream output = StandardStreams.output();
        System.exit(run(args, writer(output, "stdout"), writer(System.err, "stderr")));
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
            return getj.setOut(out).setErr(err).execute(args);
        } catch (Error exhaustedOrDevice) {
            return Errors.failed(exhaustedOrDevice, getj);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static PrintWriter writer(PrintStream stream, String name) {
        String encoding = System.getProperty(name + ".encoding");
        Charset charset = encoding == null ? Charset.defaultCharset() : Charset.forName(encoding);
        return new PrintWriter(stream, true, charset);
    }
}
