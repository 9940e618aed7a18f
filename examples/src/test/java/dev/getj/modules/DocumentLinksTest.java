package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Links between the documents lead somewhere, and every page can be reached from README. */
class DocumentLinksTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path README = ROOT.resolve("README.md");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\\n]*`");
    private static final Pattern BLOCKS = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern LINKED = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");
    private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N}_\\- ]");
    private static final int MOST_LINES_OF_README = 120;

    private static List<Path> documents() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> bench = Files.list(ROOT.resolve("bench"))) {
            Stream.of(top, docs, bench)
                    .flatMap(found -> found)
                    .filter(file -> file.toString().endsWith(".md"))
                    .forEach(files::add);
        }
        assertTrue(files.contains(README));
        return files;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Targets of a page's links to this repository, as they are written. */
    private static List<String> links(Path page) {
        return LINK.matcher(CODE.matcher(read(page)).replaceAll(""))
                .results()
                .map(found -> found.group(1))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .toList();
    }

    private static Path file(Path page, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? page : page.resolveSibling(path).normalize();
    }

    /** Anchors of a page's headings, by GitHub's rule. */
    private static Set<String> anchors(Path page) {
        return HEADING.matcher(BLOCKS.matcher(read(page)).replaceAll(""))
                .results()
                .map(found -> LINKED.matcher(found.group(1)).replaceAll("$1"))
                .map(title -> NOT_IN_ANCHORS.matcher(title.toLowerCase(Locale.ROOT)).replaceAll(""))
                .map(title -> title.replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : documents()) {
            for (String link : links(page)) {
                Path target = file(page, link);
                int anchor = link.indexOf('#');
                boolean there =
                        Files.exists(target)
                                && (anchor < 0
                                        || !target.toString().endsWith(".md")
                                        || anchors(target).contains(link.substring(anchor + 1)));
                if (!there) {
                    dead.add(ROOT.relativize(page) + ": " + link);
                }
            }
        }
        assertEquals(List.of(), dead);
    }

    /** A link to a folder reaches the pages in it. */
    @Test
    void everyPageCanBeReachedFromReadme() throws IOException {
        List<Path> documents = documents();
        Set<Path> unreached = new TreeSet<>(documents);
        Deque<Path> next = new ArrayDeque<>(List.of(README));
        while (!next.isEmpty()) {
            Path page = next.remove();
            if (unreached.remove(page)) {
                for (String link : links(page)) {
                    Path target = file(page, link);
                    documents.stream()
                            .filter(d -> d.equals(target) || d.getParent().equals(target))
                            .filter(d -> !target.equals(ROOT))
                            .forEach(next::add);
                }
            }
        }
        assertEquals(Set.of(), unreached);
    }

    @Test
    void readmeStaysShort() {
        long lines = read(README).lines().count();
        assertTrue(lines < MOST_LINES_OF_README, lines + " lines");
    }
}
