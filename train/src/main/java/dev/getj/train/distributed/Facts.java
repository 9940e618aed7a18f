package dev.getj.train.distributed;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names and values, a line each, and what differs between two of them. */
final class Facts {
    private static final String ABSENT = "not there";

    /** A name under which two ranks have different values. */
    record Difference(String name, String expected, String found) {}

    private Facts() {}

    static String text(SortedMap<String, String> facts) {
        StringBuilder text = new StringBuilder();
        facts.forEach(
                (name, value) ->
                        text.append(line(name)).append('\t').append(line(value)).append('\n'));
        return text.toString();
    }

    private static String line(String text) {
        return text.replaceAll("[\\t\\r\\n]+", " ");
    }

    static SortedMap<String, String> of(String text) {
        SortedMap<String, String> facts = new TreeMap<>();
        text.lines().map(line -> line.split("\t", 2)).forEach(fact -> facts.put(fact[0], fact[1]));
        return facts;
    }

    static Optional<Difference> difference(
            SortedMap<String, String> expected, SortedMap<String, String> found) {
        TreeSet<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        return names.stream()
                .map(
                        name ->
                                new Difference(
                                        name,
                                        expected.getOrDefault(name, ABSENT),
                                        found.getOrDefault(name, ABSENT)))
                .filter(each -> !each.expected().equals(each.found()))
                .findFirst();
    }
}
