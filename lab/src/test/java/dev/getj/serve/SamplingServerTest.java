package dev.getj.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What surrounds the endpoints: the queue, stopping, the page and the metrics. */
class SamplingServerTest {
    private static final String TOLD =
            "--precision mixed: these weights give values beyond the range of 16 bits, up to 65504";

    /** An endpoint that answers when the test allows it. */
    private static final class Slow {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch allowed = new CountDownLatch(1);

        SamplingServer serve(ServeSettings settings) {
            return SamplingServer.start(
                    _ ->
                            List.of(
                                    Endpoint.sampling("/api/slow", List.of(), _ -> answer()),
                                    Endpoint.sampling(
                                            "/api/broken",
                                            List.of(),
                                            _ -> {
                                                throw new IllegalStateException("two\nlines");
                                            }),
                                    Endpoint.sampling(
                                            "/api/told",
                                            List.of(),
                                            _ -> {
                                                throw new GetjException(TOLD);
                                            })),
                    settings);
        }

        private Reply answer() {
            asked.countDown();
            await(allowed);
            return Reply.text("text/plain", "done");
        }

        void awaitRequest() {
            await(asked);
        }

        private static void await(CountDownLatch latch) {
            try {
                assertTrue(latch.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException cutOff) {
                throw new IllegalStateException(cutOff);
            }
        }
    }

    @Test
    void aFullQueueSendsRequestsAwayForAWhile() {
        Slow slow = new Slow();
        try (SamplingServer server = slow.serve(ServeSettings.loopback().withQueue(1));
                Client client = new Client(server)) {
            CompletableFuture<HttpResponse<byte[]>> first = client.getLater("/api/slow");
            slow.awaitRequest();
            HttpResponse<byte[]> second = client.get("/api/slow");
            assertEquals(503, second.statusCode());
            assertEquals("1", second.headers().firstValue("Retry-After").orElseThrow());
            assertEquals(
                    "1 requests are waiting already: try again later",
                    Client.json(second).path("error").asText());
            assertEquals(200, client.get("/health").statusCode());
            slow.allowed.countDown();
            assertEquals("done", Client.text(first.join()));
            assertEquals("done", Client.text(client.get("/api/slow")));
            String metrics = Client.text(client.get("/metrics"));
            assertTrue(metrics.contains("\ngetj_queue_refused_total 1\n"), metrics);
            assertTrue(metrics.contains("\ngetj_queue_requests 0\n"), metrics);
        }
    }

    @Test
    void closingFinishesWhatIsBeingAnswered() throws InterruptedException {
        Slow slow = new Slow();
        SamplingServer server = slow.serve(ServeSettings.loopback());
        try (Client client = new Client(server)) {
            CompletableFuture<HttpResponse<byte[]>> running = client.getLater("/api/slow");
            slow.awaitRequest();
            Thread closing = Thread.ofVirtual().start(server::close);
            while (client.get("/health").statusCode() == 200) {
                Thread.onSpinWait();
            }
            assertEquals(503, client.get("/health").statusCode());
            assertEquals(
                    "the server is stopping", client.json("/api/broken").path("error").asText());
            assertFalse(running.isDone());
            slow.allowed.countDown();
            assertEquals("done", Client.text(running.join()));
            closing.join();
            assertThrows(UncheckedIOException.class, () -> client.get("/health"));
        }
    }

    @Test
    void theGracePeriodBoundsClosing() {
        Slow slow = new Slow();
        ServeSettings loopback = ServeSettings.loopback();
        ServeSettings hurried =
                new ServeSettings(
                        "t", loopback.address(), 0, 4, loopback.limits(), Duration.ofMillis(20));
        try (Client client = new Client(slow.serve(hurried));
                SamplingServer server = slow.serve(hurried);
                Client other = new Client(server)) {
            CompletableFuture<HttpResponse<byte[]>> cut = other.getLater("/api/slow");
            slow.awaitRequest();
            server.close();
            assertTrue(cut.handle((_, failure) -> failure != null).join());
            assertEquals(200, client.get("/health").statusCode());
        } finally {
            slow.allowed.countDown();
        }
    }

    @Test
    void failuresAreOneLineAndTheServerLives() {
        try (SamplingServer server = new Slow().serve(ServeSettings.loopback());
                Client client = new Client(server)) {
            HttpResponse<byte[]> broken = client.get("/api/broken");
            assertEquals(500, broken.statusCode());
            assertEquals(
                    "the server failed: 'two?lines'", Client.json(broken).path("error").asText());
            HttpResponse<byte[]> told = client.get("/api/told");
            assertEquals(500, told.statusCode());
            assertEquals("the server failed: " + TOLD, Client.json(told).path("error").asText());
            HttpResponse<byte[]> post = client.send("POST", "/health");
            assertEquals(405, post.statusCode());
            assertEquals("GET, HEAD", post.headers().firstValue("Allow").orElseThrow());
            HttpResponse<byte[]> head = client.send("HEAD", "/health");
            assertEquals(200, head.statusCode());
            assertEquals(0, head.body().length);
            assertEquals("{\"status\":\"ok\"}", Client.text(client.get("/health")));
        }
    }

    @Test
    void theMetricsAreInPrometheusFormat() {
        Pattern line =
                Pattern.compile(
                        "# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))"
                                + "|[a-z_]+(\\{[a-z]+=\"[^\"\\n]*\"(,[a-z]+=\"[^\"\\n]*\")*\\})?"
                                + " [0-9.E-]+");
        try (SamplingServer server = new Slow().serve(ServeSettings.loopback());
                Client client = new Client(server)) {
            client.get("/health");
            client.get("/health");
            client.get("/nowhere/" + "x".repeat(500));
            String metrics = Client.text(client.get("/metrics"));
            metrics.lines().forEach(it -> assertTrue(line.matcher(it).matches(), it));
            assertTrue(
                    metrics.contains(
                            "\ngetj_requests_total{endpoint=\"/health\",status=\"200\"} 2\n"),
                    metrics);
            assertTrue(
                    metrics.contains(
                            "\ngetj_requests_total{endpoint=\"other\",status=\"404\"} 1\n"),
                    metrics);
            assertTrue(
                    metrics.contains(
                            "\ngetj_request_seconds_bucket{endpoint=\"/health\",le=\"+Inf\"} 2\n"),
                    metrics);
            assertTrue(
                    metrics.contains("\ngetj_request_seconds_count{endpoint=\"/health\"} 2\n"),
                    metrics);
        }
    }

    @Test
    void thePageLoadsItsFilesFromHereAlone() {
        try (SamplingServer server = new Slow().serve(ServeSettings.loopback());
                Client client = new Client(server)) {
            HttpResponse<byte[]> page = client.get("/");
            String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
            var links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(Client.text(page));
            int files = 0;
            for (var link : links.results().toList()) {
                String path = link.group(1);
                if (!path.startsWith("/api/")) {
                    assertEquals(200, client.get(path).statusCode(), path);
                    files++;
                }
            }
            assertEquals(6, files);
            for (String file : List.of("/", "/playground.js", "/playground.css", "/theme.css")) {
                String text = Client.text(client.get(file));
                String namespace = "http://www.w3.org/2000/svg";
                assertFalse(text.replace(namespace, "").contains("://"), file);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsRefused() {
        ServeSettings free = ServeSettings.loopback();
        try (SamplingServer server = new Slow().serve(free)) {
            GetjException refused =
                    assertThrows(
                            GetjException.class,
                            () -> new Slow().serve(free.withPort(server.port())));
            assertTrue(
                    refused.getMessage()
                            .startsWith("cannot listen on port " + server.port() + " of 127.0.0.1"),
                    refused.getMessage());
        }
        assertEquals(
                "the port must be in 0 to 65535, not 70000",
                assertThrows(IllegalArgumentException.class, () -> free.withPort(70_000))
                        .getMessage());
    }
}
