package dev.getj.serve;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a server did, in the text format that Prometheus reads, version 0.0.4. */
final class ServerMetrics {
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final Map<String, Times> times = new ConcurrentSkipListMap<>();
    private final LongAdder images = new LongAdder();

    /** A histogram of seconds. */
    private static final class Times {
        private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);
        private final DoubleAdder sum = new DoubleAdder();

        void add(double seconds) {
            int i = 0;
            while (i < BOUNDS.length && seconds > BOUNDS[i]) {
                i++;
            }
            counts.incrementAndGet(i);
            sum.add(seconds);
        }
    }

    /**
     * @param endpoint its path, one of few
     */
    void answered(String endpoint, int status, double seconds) {
        String labels = "{endpoint=\"%s\",status=\"%s\"}".formatted(endpoint, status);
        answers.computeIfAbsent(labels, _ -> new LongAdder()).increment();
        times.computeIfAbsent(endpoint, _ -> new Times()).add(seconds);
    }

    void made(int count) {
        images.add(count);
    }

    String text(Admission admission) {
        StringBuilder out = new StringBuilder();
        head(out, "getj_requests_total", "counter", "Requests answered.");
        answers.forEach((labels, count) -> line(out, "getj_requests_total" + labels, count.sum()));
        head(out, "getj_request_seconds", "histogram", "Time from request to answer.");
        times.forEach((endpoint, seconds) -> histogram(out, endpoint, seconds));
        value(out, "getj_images_total", "counter", "Images made.", images.sum());
        value(
                out,
                "getj_queue_requests",
                "gauge",
                "Requests for images that are answered or wait.",
                admission.taken());
        value(
                out,
                "getj_queue_capacity",
                "gauge",
                "Such requests above which further ones are refused.",
                admission.capacity());
        value(
                out,
                "getj_queue_refused_total",
                "counter",
                "Requests refused because the queue was full.",
                admission.refused());
        var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        value(out, "getj_heap_used_bytes", "gauge", "Java heap in use.", memory.getUsed());
        value(out, "getj_heap_max_bytes", "gauge", "Largest Java heap.", memory.getMax());
        value(
                out,
                "getj_uptime_seconds",
                "gauge",
                "Time since Java started.",
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
        return out.toString();
    }

    private static void histogram(StringBuilder out, String endpoint, Times times) {
        String label = "{endpoint=\"" + endpoint + "\"";
        long total = 0;
        for (int i = 0; i <= BOUNDS.length; i++) {
            total += times.counts.get(i);
            String bound = i < BOUNDS.length ? String.format(Locale.ROOT, "%s", BOUNDS[i]) : "+Inf";
            line(out, "getj_request_seconds_bucket" + label + ",le=\"" + bound + "\"}", total);
        }
        out.append("getj_request_seconds_sum")
                .append(label)
                .append("} ")
                .append(times.sum.sum())
                .append('\n');
        line(out, "getj_request_seconds_count" + label + "}", total);
    }

    private static void value(
            StringBuilder out, String name, String type, String help, long value) {
        head(out, name, type, help);
        line(out, name, value);
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder out, String name, long value) {
        out.append(name).append(' ').append(value).append('\n');
    }
}
