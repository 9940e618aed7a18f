package dev.getj.cli;

import java.util.List;

/** A class as users write it: by its number, or by its name where classes have names. */
final class ClassLabel {
    private static final int SHOWN = 20;

    private ClassLabel() {}

    /**
     * The number of a class, which may be one that there is not.
     *
     * @param names of the classes, or none; they count before numbers
     * @throws picocli.CommandLine.ParameterException if the text is neither
     */
    static int number(CommonOptions common, String text, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(text)) {
                return i;
            }
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw common.wrongUsage(
                    "--label %s: a class number%s or 'all' is needed"
                            .formatted(text, shown(names)));
        }
    }

    private static String shown(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        List<String> first = names.subList(0, Math.min(SHOWN, names.size()));
        return ", a name (%s%s)"
                .formatted(String.join(", ", first), names.size() > SHOWN ? ", …" : "");
    }
}
