package dev.getj.serve;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/** The parameters of a request, {@code seed=3&count=8}. What is not known is refused. */
final class Query {
    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @param raw as in the request's address, or null
     * @param known names that the endpoint takes
     * @throws Refusal if a name is not known or comes twice
     */
    static Query parse(String raw, SequencedSet<String> known) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : raw == null || raw.isEmpty() ? new String[0] : raw.split("&")) {
            int equals = part.indexOf('=');
            String name = decoded(equals < 0 ? part : part.substring(0, equals));
            if (!known.contains(name)) {
                throw Refusal.badRequest(
                        "%s is not a parameter of this endpoint, which takes %s"
                                .formatted(
                                        shown(name),
                                        known.isEmpty() ? "none" : String.join(", ", known)));
            }
            String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
            if (values.put(name, value) != null) {
                throw Refusal.badRequest(name + " is given twice");
            }
        }
        return new Query(values);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.badRequest(shown(text) + " is not a percent-encoded text");
        }
    }

    /** In quotes, short and in one line. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return "'" + (line.length() > 60 ? line.substring(0, 60) + "…" : line) + "'";
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * @throws Refusal if the value is no whole number in {@code least} to {@code most}
     */
    long whole(String name, long standard, long least, long most) {
        String text = values.get(name);
        if (text == null) {
            return standard;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // refused below
        }
        throw Refusal.badRequest(
                "%s %s: a whole number from %s to %s is needed"
                        .formatted(name, shown(text), least, most));
    }

    /**
     * @throws Refusal if the value is no number in {@code least} to {@code most}
     */
    double real(String name, double standard, int least, int most) {
        String text = values.get(name);
        if (text == null) {
            return standard;
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // refused below
        }
        throw Refusal.badRequest(
                "%s %s: a number from %s to %s is needed"
                        .formatted(name, shown(text), least, most));
    }

    /** As above, of a range of ints. */
    int number(String name, int standard, int least, int most) {
        return (int) whole(name, standard, least, most);
    }
}
