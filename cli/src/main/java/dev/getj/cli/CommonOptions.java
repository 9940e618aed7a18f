package dev.getj.cli;

import dev.getj.io.Printable;
import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.device.Devices;
import dev.getj.model.Precision;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The options that every command has, and what follows from them: {@code @Mixin} it. */
final class CommonOptions {
    static final String STACKTRACE = "--stacktrace";
    static final String JSON = "--json";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "jvm",
            converter = Device.Converter.class,
            completionCandidates = Device.Candidates.class,
            description = "Where to compute: " + Device.CHOICES + " (default: ${DEFAULT-VALUE}).")
    private Device device;

    @Mixin private ProductsOption products;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Cores to use on the JVM (default: all).")
    private Integer threads;

    @Option(
            names = JSON,
            description = "Print one JSON object on standard output, all else on standard error.")
    private boolean json;

    @Option(
            names = Arguments.CONFIG,
            paramLabel = "FILE",
            description =
                    "Options from a file of lines such as batch = 64; those of the command line"
                            + " come first.")
    private Path config;

    @Option(names = "--quiet", description = "No progress, only results and errors.")
    private boolean quiet;

    @Option(names = STACKTRACE, description = "On an error, print where it happened.")
    private boolean stacktrace;

    private boolean standardOutputIsTaken;

    /** Set where another process tells the user the same. */
    private boolean silent;

    /** From here on, prints neither results nor notes nor progress. */
    void beSilent() {
        silent = true;
    }

    /** False where another process prints what this one would. */
    boolean speaks() {
        return !silent;
    }

    boolean threadsGiven() {
        return threads != null;
    }

    /** True if computing takes an NVIDIA GPU of its own. */
    boolean usesCuda() {
        return device.kind() == Device.Kind.CUDA || device.kind() == Device.Kind.PTX;
    }

    /** The words of this command line after {@code getj}. */
    List<String> commandLine() {
        CommandLine root = command.commandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return root.getParseResult().originalArgs();
    }

    /**
     * Copies the output of another process to this one's, until it ends.
     *
     * @throws IOException if it cannot be read
     */
    void copyOutput(InputStream output) throws IOException {
        out().print(new String(output.readAllBytes(), Charset.defaultCharset()));
        out().flush();
    }

    /** Cores to use: {@code --threads}, or all. */
    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /**
     * The backend of {@code --device}, for the caller to close. A device that is used for the first
     * time is tested before.
     *
     * @throws DeviceException if the device is not there, or computes wrongly
     */
    Backend backend() {
        return backend(precision());
    }

    /**
     * As {@link #backend()}, for a run that computes in its own precision, whatever {@code
     * --precision} says.
     */
    Backend backend(Precision precision) {
        return backends(precision).get();
    }

    /** As {@link #backend()}, for who needs one after the other on the same device. */
    Supplier<Backend> backends() {
        return backends(precision());
    }

    private Supplier<Backend> backends(Precision precision) {
        products.requireLibraryFor(precision, this);
        int threads = threads();
        Optional<DeviceDescription> found = device();
        if (found.isEmpty()) {
            products.requireNoLibrary(this);
            return () -> Backends.jvm(threads);
        }
        ProductsOption.Chosen chosen = products(found.get(), precision);
        DeviceTest.onFirstUse(found.get(), chosen, this);
        String id = found.get().id();
        Optional<DeviceProfile> profile = new DeviceProfiles().load(found.get());
        return () ->
                Devices.open(
                        id,
                        profile,
                        chosen.products(),
                        new CompilationNotes(id, this::note, System::nanoTime));
    }

    private Precision precision() {
        return command.commandLine()
                .getParseResult()
                .matchedOptionValue(PrecisionOption.NAME, Precision.FLOAT32);
    }

    /**
     * What {@code --products} and {@code --precision} mean on a device.
     *
     * @throws ParameterException if they contradict each other
     * @throws DeviceException if cuBLASLt is asked for and not there
     */
    ProductsOption.Chosen products(DeviceDescription device) {
        Precision precision = precision();
        products.requireLibraryFor(precision, this);
        return products(device, precision);
    }

    private ProductsOption.Chosen products(DeviceDescription device, Precision precision) {
        return ProductsOption.choose(
                products.asked(precision), precision, () -> Devices.library(device), this::note);
    }

    /**
     * The device of {@code --device}; none for the JVM. {@code auto} says what it chose.
     *
     * @throws DeviceException if the device is not there
     */
    Optional<DeviceDescription> device() {
        return switch (device.kind()) {
            case JVM -> Optional.empty();
            case OPENCL, PTX, CUDA -> Optional.of(Devices.find(device.toString()));
            case AUTO -> preferred();
        };
    }

    /** True if {@code --device} was given, be it the JVM. */
    boolean deviceGiven() {
        return command.commandLine().getParseResult().hasMatchedOption("--device");
    }

    private Optional<DeviceDescription> preferred() {
        String reason = "there is no GPU";
        try {
            Optional<DeviceDescription> gpu = Devices.preferred(Devices.list());
            if (gpu.isPresent()) {
                note("device %s chosen: %s".formatted(gpu.get().id(), gpu.get().name()));
                return gpu;
            }
            if (!Devices.tornadoIsLoaded()) {
                reason = "TornadoVM is not loaded, 'getj doctor' tells why";
            }
        } catch (DeviceException problem) {
            reason = problem.getMessage();
        }
        note("device jvm chosen: " + reason);
        return Optional.empty();
    }

    /** Progress of {@code total} steps of {@code what}, in units such as {@code images}. */
    Progress progress(String what, String unit, long total) {
        return Progress.start(what, unit, total, quiet || silent, err());
    }

    /** A line for the user on standard error, unless {@code --quiet}. */
    void note(String line) {
        if (!quiet && !silent) {
            err().println("getj: " + Printable.line(line));
        }
    }

    /** The command's result: {@code result} as JSON under {@code --json}, else the text. */
    void print(Object result, Supplier<String> text) {
        if (silent) {
            return;
        }
        PrintWriter writer = standardOutputIsTaken ? err() : out();
        writer.println(json ? Json.text(result) : Printable.lines(text.get().stripTrailing()));
    }

    /** True if the result is printed as JSON. */
    boolean json() {
        return json;
    }

    /** Standard output, for bytes; the result is printed on standard error from then on. */
    OutputStream takeStandardOutput() {
        standardOutputIsTaken = true;
        out().flush();
        return ((Getj) command.root().userObject()).standardOutput();
    }

    /** An exception for options that don't go together, or whose value cannot be. */
    ParameterException wrongUsage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}
