package dev.getj.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.getj.io.GetjException;
import dev.getj.sample.Sampler;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers HTTP requests for a network's images, and shows the playground page. docs/serve.md lists
 * endpoints and parameters.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.load(Path.of("runs/mine"));
 *         SamplingServer server = SamplingServer.start(sampler, ServeSettings.loopback())) {
 *     show(server.address());
 *     stopSignal.await();
 * }
 * }</pre>
 */
public final class SamplingServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SamplingServer.class.getName());
    private static final int INTERNAL_ERROR = 500;
    private static final int BACKLOG = 256;
    private static final String OTHER = "other";

    /** Scripts, styles and pictures come from here alone. */
    private static final Map<String, String> HEADERS =
            Map.of(
                    "Cache-Control",
                    "no-store",
                    "X-Content-Type-Options",
                    "nosniff",
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                            + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                            + " frame-ancestors 'none'");

    private final ServeSettings settings;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Admission admission;
    private final ServerMetrics metrics = new ServerMetrics();
    private final Map<String, Endpoint> endpoints;

    /** One party for the server, and one for each request that is being answered. */
    private final Phaser inProgress = new Phaser(1);

    private volatile boolean stopping;

    private SamplingServer(
            HttpServer http,
            Function<ServerMetrics, List<Endpoint>> sampling,
            ServeSettings settings) {
        this.http = http;
        this.settings = settings;
        admission = new Admission(settings.queue());
        List<Endpoint> all = new ArrayList<>(sampling.apply(metrics));
        all.add(Endpoint.plain("/health", _ -> health()));
        all.add(
                Endpoint.plain(
                        "/metrics", _ -> Reply.text(Reply.PROMETHEUS, metrics.text(admission))));
        all.addAll(PageFiles.endpoints());
        endpoints =
                all.stream()
                        .collect(
                                Collectors.toMap(
                                        Endpoint::path, e -> e, (a, _) -> a, LinkedHashMap::new));
        http.createContext("/", this::handle);
        http.setExecutor(threads);
    }

    /**
     * Starts to listen.
     *
     * @param sampler borrowed: stays open when the server is closed
     * @throws GetjException if the port is taken, the address is not of this machine, or the
     *     network's images cannot be shown
     */
    public static SamplingServer start(Sampler sampler, ServeSettings settings) {
        return start(
                metrics -> new SamplingApi(sampler, settings, metrics::made).endpoints(), settings);
    }

    /** As above, with other endpoints below {@code /api}. */
    static SamplingServer start(
            Function<ServerMetrics, List<Endpoint>> sampling, ServeSettings settings) {
        HttpServer http;
        try {
            http =
                    HttpServer.create(
                            new InetSocketAddress(settings.address(), settings.port()), BACKLOG);
        } catch (BindException taken) {
            throw new GetjException(
                    "cannot listen on port %s of %s: %s; choose another --port or --host"
                            .formatted(
                                    settings.port(),
                                    settings.address().getHostAddress(),
                                    taken.getMessage()),
                    taken);
        } catch (IOException e) {
            throw new GetjException("cannot listen: " + e.getMessage(), e);
        }
        SamplingServer server = new SamplingServer(http, sampling, settings);
        http.start();
        return server;
    }

    /** Where the playground is, such as {@code http://127.0.0.1:8080/}. */
    public URI address() {
        InetAddress address = http.getAddress().getAddress();
        String host =
                address.isAnyLocalAddress()
                        ? "localhost"
                        : address.getHostAddress().contains(":")
                                ? "[" + address.getHostAddress() + "]"
                                : address.getHostAddress();
        return URI.create("http://%s:%s/".formatted(host, port()));
    }

    /** The port that it listens on. */
    public int port() {
        return http.getAddress().getPort();
    }

    /** Paths and parameters, as documented. */
    Map<String, Endpoint> endpoints() {
        return endpoints;
    }

    private Reply health() {
        if (stopping) {
            throw Refusal.unavailable("stopping", 1);
        }
        return Reply.json(Reply.OK, Map.of("status", "ok"));
    }

    private void handle(HttpExchange exchange) throws IOException {
        long begin = System.nanoTime();
        inProgress.register();
        Endpoint endpoint = endpoints.get(exchange.getRequestURI().getPath());
        try (exchange) {
            Reply reply = reply(exchange, endpoint);
            metrics.answered(
                    endpoint == null ? OTHER : endpoint.path(),
                    reply.status(),
                    (System.nanoTime() - begin) * 1e-9);
            send(exchange, reply);
        } finally {
            inProgress.arriveAndDeregister();
        }
    }

    private Reply reply(HttpExchange exchange, Endpoint endpoint) {
        try {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                throw Refusal.method(Query.shown(method));
            }
            if (endpoint == null) {
                throw Refusal.notFound(
                        Query.shown(exchange.getRequestURI().getPath()),
                        String.join(", ", endpoints.keySet()));
            }
            Query query =
                    Query.parse(exchange.getRequestURI().getRawQuery(), endpoint.parameters());
            if (!endpoint.samples()) {
                return endpoint.answer().apply(query);
            }
            if (stopping) {
                throw Refusal.unavailable("the server is stopping", 1);
            }
            return admission.admitted(() -> endpoint.answer().apply(query));
        } catch (Refusal refusal) {
            return refusal.reply();
        } catch (GetjException told) {
            return failed(told, told.getMessage());
        } catch (RuntimeException | Error failure) {
            return failed(failure, Query.shown(String.valueOf(failure.getMessage())));
        }
    }

    private static Reply failed(Throwable failure, String what) {
        LOG.log(System.Logger.Level.WARNING, "a request failed", failure);
        return Reply.json(INTERNAL_ERROR, Map.of("error", "the server failed: " + what));
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException {
        var headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        headers.set("Content-Type", reply.type());
        reply.headers().forEach(headers::set);
        if (stopping) {
            headers.set("Connection", "close");
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(reply.body().length));
            exchange.sendResponseHeaders(reply.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        exchange.getResponseBody().write(reply.body());
    }

    /**
     * Stops: requests that are being answered or wait are finished, as far as the grace period
     * allows; new ones are refused.
     */
    @Override
    public void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        Duration grace = settings.grace();
        try {
            int phase = inProgress.arriveAndDeregister();
            inProgress.awaitAdvanceInterruptibly(phase, grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            LOG.log(System.Logger.Level.WARNING, "requests were cut off after " + grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop(0);
        threads.shutdownNow();
    }
}
