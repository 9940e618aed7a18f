package dev.getj.cli;

import picocli.CommandLine;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a word that is not known may have been meant to be: one that few slips turn into it. */
final class Spelling {
    private static final int LONGEST = 64;

    private Spelling() {}

    /** The options of a command, by their names. */
    static List<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"))
                .toList();
    }

    /** {@code "; did you mean --batch?"}, or nothing if no name is near. */
    static String meant(String typed, Collection<String> names) {
        if (typed.length() > LONGEST) {
            return "";
        }
        String plain = typed.replace('_', '-');
        return names.stream()
                .filter(name -> isNear(plain, name))
                .min(
                        Comparator.<String>comparingInt(name -> slips(plain, name))
                                .thenComparing(Comparator.naturalOrder()))
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    private static boolean isNear(String typed, String name) {
        int letters = name.replace("-", "").length();
        boolean beginning = typed.replace("-", "").length() >= 3 && name.startsWith(typed);
        return beginning || slips(typed, name) <= Math.max(1, letters / 3);
    }

    /**
     * Letters that are missing, added, wrong or exchanged with their neighbour: the restricted
     * Damerau-Levenshtein distance.
     */
    static int slips(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distance[i][j] = i == 0 || j == 0 ? i + j : least(distance, a, b, i, j);
            }
        }
        return distance[a.length()][b.length()];
    }

    private static int least(int[][] distance, String a, String b, int i, int j) {
        int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
                Math.min(
                        distance[i - 1][j - 1] + wrong,
                        Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
        boolean exchanged =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return exchanged ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
    }
}
