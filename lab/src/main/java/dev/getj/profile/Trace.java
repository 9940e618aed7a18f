package dev.getj.profile;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.AtomicFile;
import dev.getj.kernels.op.Cost;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Launches and transfers on a time line, in the format that ui.perfetto.dev and chrome://tracing
 * open: the "Trace Event Format" with complete events, microseconds from the first one on.
 */
public final class Trace {
    private static final int PROCESS = 1;
    private static final int LAUNCHES = 1;
    private static final int TRANSFERS = 2;

    private final List<Recording.Computed> computed;
    private final List<Recording.Transfer> transfers;

    private Trace(List<Recording.Computed> computed, List<Recording.Transfer> transfers) {
        this.computed = computed;
        this.transfers = transfers;
    }

    /** The last of {@code steps} equal steps. */
    static Trace ofLast(Recording recording, int steps) {
        return new Trace(last(recording.computed(), steps), last(recording.transfers(), steps));
    }

    private static <T> List<T> last(List<T> all, int steps) {
        return List.copyOf(all.subList(all.size() - all.size() / steps, all.size()));
    }

    /**
     * Writes the file.
     *
     * @throws dev.getj.io.GetjException if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, json().getBytes(StandardCharsets.UTF_8));
    }

    /** One JSON object. */
    String json() {
        ObjectNode root = new JsonMapper().createObjectNode();
        root.put("displayTimeUnit", "ms");
        ArrayNode events = root.putArray("traceEvents");
        named(events, LAUNCHES, "launches");
        named(events, TRANSFERS, "transfers");
        long origin = origin();
        for (Recording.Computed each : computed) {
            Cost cost = each.cost();
            ObjectNode event = events.addObject().put("name", cost.operation());
            complete(event, LAUNCHES, each.start() - origin, each.nanos());
            event.put("cat", each.program());
            event.putObject("args")
                    .put("program", each.program())
                    .put("device_us", each.deviceNanos() / 1e3)
                    .put("flops", cost.flops())
                    .put("bytes", cost.bytes());
        }
        for (Recording.Transfer transfer : transfers) {
            String name = transfer.upload() ? "upload" : "download";
            ObjectNode event = events.addObject().put("name", name);
            complete(event, TRANSFERS, transfer.start() - origin, transfer.nanos());
            event.put("cat", "transfer");
            event.putObject("args").put("bytes", transfer.bytes());
        }
        return root.toString();
    }

    private long origin() {
        long first = computed.getFirst().start();
        return transfers.isEmpty() ? first : Math.min(first, transfers.getFirst().start());
    }

    private static void complete(ObjectNode event, int line, long start, long nanos) {
        event.put("ph", "X")
                .put("pid", PROCESS)
                .put("tid", line)
                .put("ts", start / 1e3)
                .put("dur", nanos / 1e3);
    }

    private static void named(ArrayNode events, int line, String name) {
        events.addObject()
                .put("name", "thread_name")
                .put("ph", "M")
                .put("pid", PROCESS)
                .put("tid", line)
                .putObject("args")
                .put("name", name);
    }
}
