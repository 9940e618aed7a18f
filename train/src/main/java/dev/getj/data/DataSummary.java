package dev.getj.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was taken of a data set and what was left out, for people to see before they wait.
 *
 * @param source what was opened
 * @param images how many there are
 * @param classes K; 0 if there are none
 * @param classNames of the K classes, where they have names; else empty
 * @param notes how it was understood, a few words each
 * @param leftOut what was not taken, counted: {@code 3 hidden files}
 */
public record DataSummary(
        String source,
        long images,
        int classes,
        List<String> classNames,
        List<String> notes,
        List<String> leftOut) {
    private static final int SHOWN = 3;

    public DataSummary {
        classNames = List.copyOf(classNames);
        notes = List.copyOf(notes);
        leftOut = List.copyOf(leftOut);
    }

    /** Without names or notes. */
    static DataSummary of(String source, long images, int classes) {
        return new DataSummary(source, images, classes, List.of(), List.of(), List.of());
    }

    /** The same with a further note. */
    DataSummary with(List<String> further) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(further);
        return new DataSummary(source, images, classes, classNames, all, leftOut);
    }

    /**
     * All in one line: {@code DIR: 60000 images of 10 classes (cat, dog, eel, …); left out: 3
     * hidden files, 2 WebP}. Control characters of file names become question marks.
     */
    public String line() {
        StringBuilder line = new StringBuilder(source + ": " + counted(images, "image"));
        line.append(classes == 0 ? " without classes" : " of " + counted(classes, "class"));
        if (!classNames.isEmpty()) {
            line.append(" (").append(few(classNames)).append(')');
        }
        notes.forEach(note -> line.append("; ").append(note));
        if (!leftOut.isEmpty()) {
            line.append("; left out: ").append(String.join(", ", leftOut));
        }
        return line.chars()
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c)
                .collect(StringBuilder::new, (to, c) -> to.append((char) c), StringBuilder::append)
                .toString();
    }

    /** {@code 1 image}, {@code 2 images}, {@code 2 classes}. */
    static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : what.endsWith("s") ? "es" : "s");
    }

    /** The first three of some names. */
    static String few(List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? ", …" : "");
    }
}
