package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every command of getj that a document shows is one that the command line takes. */
class DocumentedCommandsTest {
    private static final CommandLine GETJ = Getj.commandLine();
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```");
    private static final Pattern INDENTED = Pattern.compile("(?m)^ {4}(.*getj .*)$");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern COMMENT = Pattern.compile("(?m)(?:^|\\s)#.*$");
    private static final Pattern COMMAND =
            Pattern.compile(
                    "(?m)(?:^|[|(]|; do|\\$) *(?:time )?(?:[A-Z_]+=\\S+ )*(?:\\./)?getj"
                            + " ((?:'[^'\\n]*'|\"[^\"\\n]*\"|[^'\";|>&)\\n])+)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z]+");
    private static final String REST = "…";

    /** The launcher's own. */
    private static final String FLAGS = "--tornado-java-flags";

    /**
     * @param whole false if it may lack what it needs: in a sentence, or with an ellipsis
     */
    private record Shown(Path page, String text, boolean whole) {
        private List<String> words(CommandLine getj) {
            CommandLine command = getj;
            List<String> words = new ArrayList<>();
            Optional<OptionSpec> before = Optional.empty();
            for (String word : WORD.matcher(text).results().map(Shown::unquoted).toList()) {
                if (word.equals(REST) || word.equals("cluster.conf")) {
                    before.ifPresent(_ -> words.removeLast());
                    before = Optional.empty();
                } else if (before.isPresent() && PLACEHOLDER.matcher(word).matches()) {
                    words.add(isNumber(before.get()) ? "1" : word);
                    before = Optional.empty();
                } else {
                    words.add(word);
                    command = command.getSubcommands().getOrDefault(word, command);
                    before =
                            Optional.ofNullable(command.getCommandSpec().findOption(word))
                                    .filter(option -> option.arity().min() > 0);
                }
            }
            return words;
        }

        private static String unquoted(MatchResult word) {
            return Stream.of(1, 2, 3)
                    .map(word::group)
                    .filter(found -> found != null)
                    .findFirst()
                    .orElseThrow();
        }

        private static boolean isNumber(OptionSpec option) {
            return option.type().isPrimitive() || Number.class.isAssignableFrom(option.type());
        }

        /** What the command line says against it. */
        private Optional<String> refusal() {
            try {
                List<String> words = Arguments.of(GETJ, words(GETJ).toArray(String[]::new));
                GETJ.parseArgs(words.toArray(String[]::new));
                return Optional.empty();
            } catch (MissingParameterException missing) {
                return Optional.of(missing).filter(_ -> whole).map(this::told);
            } catch (ParameterException refused) {
                return Optional.of(told(refused));
            }
        }

        private String told(ParameterException refused) {
            return ROOT.relativize(page) + ": getj " + text + "\n    " + refused.getMessage();
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> bench = Files.list(ROOT.resolve("bench"))) {
            return Stream.of(top, docs, bench)
                    .flatMap(found -> found)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Shown> shown(Path page) {
        try {
            String text = Files.readString(page).replaceAll("\\\\\\n\\s*", "");
            String prose = BLOCK.matcher(text).replaceAll("");
            return Stream.concat(
                    Stream.of(BLOCK.matcher(text), INDENTED.matcher(prose))
                            .flatMap(found -> found.results().map(it -> it.group(1)))
                            .flatMap(block -> commands(page, block, true)),
                    SPAN.matcher(prose)
                            .results()
                            .map(it -> it.group(1).replaceAll("\\s+", " "))
                            .flatMap(span -> commands(page, span, false)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Stream<Shown> commands(Path page, String code, boolean block) {
        return COMMAND.matcher(COMMENT.matcher(code).replaceAll(""))
                .results()
                .map(it -> it.group(1).strip())
                .filter(it -> !it.startsWith(FLAGS))
                .map(it -> new Shown(page, it, block && !it.contains(REST)));
    }

    @Test
    void allAreTaken() throws IOException {
        List<Shown> all = pages().stream().flatMap(DocumentedCommandsTest::shown).toList();
        assertTrue(all.size() > 100, all.size() + " commands");
        List<String> refused = all.stream().map(Shown::refusal).flatMap(Optional::stream).toList();
        assertEquals("", String.join("\n", refused));
    }
}
