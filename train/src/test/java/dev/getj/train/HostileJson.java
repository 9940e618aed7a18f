package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON object of which one value is another: a wrong type, a huge number, control characters.
 *
 * @param where the place and the value, for messages of a test
 */
record HostileJson(String where, String json) {
    /** Keeps numbers that no double holds. */
    static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Far more than any small file needs. */
    private static final long MEMORY = 64L << 20;

    private static final List<String> VALUES =
            List.of(
                    "-1",
                    "0",
                    "2147483647",
                    "-2147483648",
                    "9223372036854775807",
                    "99999999999999999999",
                    "1e999",
                    "-1e999",
                    "1e-320",
                    "0.5",
                    "\"NaN\"",
                    "\"\\u001b[2J\\u009b\\n\"",
                    "\"" + "long ".repeat(2_000) + "\"",
                    "null",
                    "true",
                    "[]",
                    "[[]]",
                    "[null]",
                    "{}");

    /** Every value of an object, at any depth, in the place of which every hostile one stands. */
    static List<HostileJson> of(String json) throws IOException {
        List<String> places = new ArrayList<>();
        places("", JSON.readTree(json), places);
        List<HostileJson> all = new ArrayList<>();
        for (String place : places) {
            for (String value : VALUES) {
                JsonNode root = JSON.readTree(json);
                int slash = place.lastIndexOf('/');
                ((ObjectNode) root.at(place.substring(0, slash)))
                        .set(place.substring(slash + 1), JSON.readTree(value));
                String shown = value.length() > 30 ? value.substring(0, 30) + "…" : value;
                all.add(new HostileJson(place + " = " + shown, root.toString()));
            }
        }
        return all;
    }

    /** Places of all values, as JSON pointers. */
    private static void places(String at, JsonNode node, List<String> all) {
        if (!at.isEmpty()) {
            all.add(at);
        }
        node.properties()
                .forEach(field -> places(at + "/" + field.getKey(), field.getValue(), all));
    }

    /** What reads a changed file. */
    interface Reading {
        void run() throws IOException;
    }

    /**
     * Whether something is refused, in one line of a bounded length that begins with {@code file};
     * anything but an answer or that line, or memory beyond a bound, fails the test.
     */
    static boolean isRefused(String where, String file, Reading reading) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean refused = false;
        try {
            reading.run();
        } catch (GetjException refusal) {
            refused = true;
            String message = refusal.getMessage();
            assertTrue(message.contains(file), () -> where + ": " + message);
            assertEquals(1, message.lines().count(), where);
            assertTrue(message.chars().noneMatch(Character::isISOControl), where);
            assertTrue(message.length() < 20_000, where);
        } catch (Throwable other) {
            fail(where, other);
        }
        long used = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(used < MEMORY, () -> where + " took " + used + " bytes");
        return refused;
    }
}
