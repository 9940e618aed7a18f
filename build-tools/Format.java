import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks or fixes the format of every Java file below a folder: google-java-format's AOSP style,
 * four spaces and 100 columns. Comments stay as they were written: Javadoc is not reflowed, and a
 * comment line that does not fit is to be broken by hand, where google-java-format would leave a
 * line with its last word. The root POM runs it on the build's JDK 25, whatever Java Maven is on:
 * {@code java -cp google-java-format.jar Format.java check|fix FOLDER}.
 */
public final class Format {
    private static final int MOST_PASSES = 5;

    private Format() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !List.of("check", "fix").contains(args[0])) {
            System.err.println("usage: Format.java check|fix FOLDER");
            System.exit(2);
        }
        boolean fix = args[0].equals("fix");
        Path root = Path.of(args[1]).toAbsolutePath().normalize();
        List<String> problems =
                sources(root).parallelStream()
                        .map(file -> inspect(root, file, fix))
                        .flatMap(Optional::stream)
                        .toList();
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            System.err.println("To format every file: mvn -N verify -Dformat=fix");
            System.exit(1);
        }
    }

    /** What is wrong with a file; nothing if it is as it should be, or now is. */
    private static Optional<String> inspect(Path root, Path file, boolean fix) {
        var style =
                JavaFormatterOptions.builder()
                        .style(JavaFormatterOptions.Style.AOSP)
                        .formatJavadoc(false)
                        .build();
        try {
            String source = Files.readString(file);
            String formatted = format(new Formatter(style), source);
            if (formatted.equals(source)) {
                return Optional.empty();
            }
            if (commentLines(formatted) != commentLines(source)) {
                return Optional.of(
                        root.relativize(file)
                                + ": a comment after // goes beyond column 100; break it by hand");
            }
            if (!fix) {
                return Optional.of("Not formatted: " + root.relativize(file));
            }
            Files.writeString(file, formatted);
            System.out.println("Formatted " + root.relativize(file));
            return Optional.empty();
        } catch (FormatterException | IOException problem) {
            return Optional.of(root.relativize(file) + ": " + problem.getMessage());
        }
    }

    private static long commentLines(String source) {
        return source.lines().filter(line -> line.strip().startsWith("//")).count();
    }

    /**
     * Formats until nothing changes: a split string may let the next pass move what surrounds it.
     */
    private static String format(Formatter formatter, String source) throws FormatterException {
        String before = source;
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            String after = formatter.formatSourceAndFixImports(before);
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        return before;
    }

    /** Java files, leaving out build output, hidden folders and other checkouts below this one. */
    private static List<Path> sources(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        String name = folder.getFileName().toString();
                        boolean foreign =
                                name.equals("target")
                                        || name.startsWith(".")
                                        || Files.exists(folder.resolve(".git"));
                        return foreign && !folder.equals(root)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().endsWith(".java")) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(null);
        return files;
    }
}
