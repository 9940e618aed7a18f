import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends requests to {@code getj serve} from many clients at once, tells their latency, and what
 * Java's heap of the server held before, at most, and after. Exits with 1 if an answer was not 200
 * or no PNG file.
 *
 * <pre>{@code
 * ./getj serve --weights builtin:strokes &
 * java bench/Load.java http://127.0.0.1:8080 [requests 1000] [clients 32]
 * }</pre>
 */
final class Load {
    private static final Pattern HEAP = Pattern.compile("(?m)^getj_heap_used_bytes (\\d+)$");
    private static final int HEAP_EVERY = 50;

    private final URI server;
    private final int requests;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final long[] nanoseconds;
    private final List<Long> heap = new ArrayList<>();

    private Load(URI server, int requests) {
        this.server = server;
        this.requests = requests;
        nanoseconds = new long[requests];
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 1) {
            System.err.println("usage: java Load.java URL [REQUESTS] [CLIENTS]");
            System.exit(2);
        }
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
        int clients = args.length > 2 ? Integer.parseInt(args[2]) : 32;
        System.exit(new Load(URI.create(args[0] + "/"), requests).run(clients) ? 0 : 1);
    }

    private boolean run(int clients) throws Exception {
        heap.add(heap());
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(this::ask));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        heap.add(heap());
        Arrays.sort(nanoseconds);
        System.out.printf(
                Locale.ROOT,
                "%d requests of %d clients in %.1f s: %.0f a second, %d failed%n"
                        + "latency: median %.0f ms, 95 %% %.0f ms, 99 %% %.0f ms, longest %.0f ms%n"
                        + "heap of the server: %d MB before, %d MB at most, %d MB after%n",
                requests,
                clients,
                seconds,
                requests / seconds,
                failed.get(),
                quantile(0.5),
                quantile(0.95),
                quantile(0.99),
                quantile(1),
                heap.getFirst() >> 20,
                heap.stream().mapToLong(Long::longValue).max().orElseThrow() >> 20,
                heap.getLast() >> 20);
        return failed.get() == 0;
    }

    private Void ask() throws IOException, InterruptedException {
        for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
            long begin = System.nanoTime();
            HttpResponse<byte[]> answer =
                    client.send(
                            request("api/sample.png?seed=" + i + "&count=" + (1 + i % 3)),
                            BodyHandlers.ofByteArray());
            nanoseconds[i] = System.nanoTime() - begin;
            byte[] body = answer.body();
            if (answer.statusCode() != 200 || body.length < 8 || body[1] != 'P') {
                failed.incrementAndGet();
            }
            if (i % HEAP_EVERY == 0) {
                long now = heap();
                synchronized (heap) {
                    heap.add(now);
                }
            }
        }
        return null;
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).build();
    }

    private long heap() throws IOException, InterruptedException {
        String metrics = client.send(request("metrics"), BodyHandlers.ofString()).body();
        Matcher found = HEAP.matcher(metrics);
        if (!found.find()) {
            throw new IOException("no heap among the metrics: is this a getj server?");
        }
        return Long.parseLong(found.group(1));
    }

    private double quantile(double q) {
        return nanoseconds[(int) Math.min(requests - 1, Math.floor(q * requests))] * 1e-6;
    }
}
