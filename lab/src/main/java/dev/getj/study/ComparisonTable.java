package dev.getj.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Comparisons as Markdown: for each question a sentence of numbers, and a table of all. */
final class ComparisonTable {
    private static final String HEAD =
            "| | relative to | | parameters | work | error | 95 % |\n"
                    + "|---|---|---|---|---|---|---|\n";

    private ComparisonTable() {}

    /** Paragraphs, a sentence and a table a question. */
    static List<String> of(List<Comparison> comparisons) {
        Map<Question, List<Comparison>> questions = new LinkedHashMap<>();
        comparisons.forEach(
                each ->
                        questions
                                .computeIfAbsent(each.question(), _ -> new ArrayList<>())
                                .add(each));
        List<String> parts = new ArrayList<>();
        questions.forEach(
                (question, all) -> {
                    parts.add(sentence(question, all));
                    parts.add(table(all));
                });
        return parts;
    }

    /** Such as: Steps, error relative to vit-equal after 3,000 steps: get-medium 1.21 (1.10 … 1.33). */
    private static String sentence(Question question, List<Comparison> all) {
        Map<String, List<Comparison>> against = new LinkedHashMap<>();
        for (Comparison each : all) {
            String heading = each.by() + " " + each.when();
            against.computeIfAbsent(heading, _ -> new ArrayList<>()).add(each);
        }
        String said =
                against.entrySet().stream()
                        .map(
                                entry ->
                                        "relative to %s: %s"
                                                .formatted(
                                                        entry.getKey(),
                                                        entry.getValue().stream()
                                                                .map(ComparisonTable::number)
                                                                .collect(Collectors.joining(", "))))
                        .collect(Collectors.joining("; "));
        return "**%s**, error %s.".formatted(name(question), said);
    }

    private static String name(Question question) {
        String name = question.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String number(Comparison each) {
        String mean = "%s %s".formatted(each.network(), ratio(each.ratio()));
        return each.low() == null ? mean : mean + " (" + interval(each) + ")";
    }

    private static String table(List<Comparison> all) {
        return HEAD
                + all.stream()
                        .map(
                                each ->
                                        "| %s | %s | %s | %s | %s | %s | %s |"
                                                .formatted(
                                                        each.network(),
                                                        each.by(),
                                                        each.when(),
                                                        ratio(each.parameters()),
                                                        ratio(each.work()),
                                                        ratio(each.ratio()),
                                                        each.low() == null ? "–" : interval(each)))
                        .collect(Collectors.joining("\n"));
    }

    private static String interval(Comparison each) {
        return "%s … %s".formatted(ratio(each.low()), ratio(each.high()));
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.3g", value);
    }
}
