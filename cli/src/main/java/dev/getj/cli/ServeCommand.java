package dev.getj.cli;

import dev.getj.sample.HeldBackend;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;
import dev.getj.serve.SamplingServer;
import dev.getj.serve.ServeSettings;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code getj serve}: images by HTTP. */
@Command(
        name = "serve",
        description = {
            "Serve the images of a network by HTTP, as PNG and JSON, with a playground page.",
            "docs/serve.md lists the endpoints. Ctrl-C or SIGTERM finishes what is being answered,"
                    + " and ends."
        })
final class ServeCommand implements Callable<Integer> {
    /**
     * @param url of the playground
     */
    record Result(String url, String host, int port, String model) {}

    /** Limits that Java's server reads from here when it is first used; by default it has none. */
    private static final Map<String, String> CONNECTIONS =
            Map.of(
                    "sun.net.httpserver.maxReqTime", "30",
                    "jdk.httpserver.maxConnections", "1024");

    @Mixin private CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private WeightsSource source;

    @Mixin private PrecisionOption precision;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on; others than loopback ones let other machines in"
                            + " (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Requests that are answered or wait, at once; further ones are told to come"
                            + " back later (default: ${DEFAULT-VALUE}).")
    private int queue;

    @Option(
            names = "--most-images",
            paramLabel = "N",
            defaultValue = "64",
            description = "Images that one request may ask for (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--most-iterations",
            paramLabel = "K",
            defaultValue = "100",
            description = "Iterations that one request may ask for (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "How long requests may take to finish when the server ends (default:"
                            + " ${DEFAULT-VALUE}).")
    private int grace;

    @Override
    public Integer call() {
        CONNECTIONS.forEach(ServeCommand::setUnlessGiven);
        ServeSettings settings =
                new ServeSettings(
                        title(),
                        address(),
                        port,
                        queue,
                        new ServeSettings.Limits(images, iterations),
                        Duration.ofSeconds(grace));
        HeldBackend held = new HeldBackend.Owned(common.backend());
        try (Interrupt interrupt = new Interrupt();
                Sampler sampler =
                        Sampler.load(source.location(), held, precision.sampling(common))) {
            common.note(sampler.config().describe());
            // weights that cannot sample are reported now, not to the first client
            sampler.sample(SampleRequest.of(1));
            try (SamplingServer server = SamplingServer.start(sampler, settings)) {
                if (!settings.address().isLoopbackAddress()) {
                    common.note("other machines can reach this server; it asks for no password");
                }
                Result result =
                        new Result(
                                server.address().toString(),
                                host,
                                server.port(),
                                sampler.config().name());
                common.print(result, () -> "serving %s at %s".formatted(result.model, result.url));
                interrupt.await();
                common.note("stopping " + interrupt.reason());
            }
            return 0;
        }
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    // the name of the run or file: clients need not know where it lies
    private String title() {
        return switch (source.location()) {
            case WeightsLocation.Shipped shipped -> shipped.toString();
            case WeightsLocation.OnDisk(Path path) ->
                    String.valueOf(path.toAbsolutePath().normalize().getFileName());
        };
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw common.wrongUsage(
                    "--host %s: an address of this machine is needed".formatted(host));
        }
    }
}
