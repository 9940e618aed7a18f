package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * Digits are 0 to 9 and points are points, wherever the user lives: in names of files, in what
 * machines read, and in messages.
 */
class LocaleTest {
    /** What {@code String.format} writes with the locale's digits, or its decimal point. */
    private static final Pattern LOCALISED =
            Pattern.compile("%[-+ 0,(#]*\\d*(\\.\\d+)?[dfegEGaAStT]");

    @TempDir private Path folder;

    private final Locale before = Locale.getDefault(Locale.Category.FORMAT);

    @BeforeEach
    void moveToTehran() {
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("fa-IR-u-nu-arabext"));
        assertNotEquals("1", String.format("%d", 1), "digits of the locale");
    }

    @AfterEach
    void moveBack() {
        Locale.setDefault(Locale.Category.FORMAT, before);
    }

    @Test
    void filesAndResultsAreTheSame() throws IOException {
        String pairs = folder.resolve("pairs").toString();
        String run = folder.resolve("run").toString();
        List<String> lines =
                List.of(
                        "pairs generate --count 4 --images 10 --steps 2 --out " + pairs,
                        "pairs inspect " + pairs,
                        "train --steps 2 --batch 2 --iterations 1 --save-every 1 --sample-every 1"
                                + " --pairs "
                                + pairs
                                + " --out "
                                + run
                                + CommandsTest.TINY,
                        "train --steps 3 --resume --out " + run,
                        "sample --json --count 2 --run " + run + " --grid " + folder + "/a.png",
                        "solve --count 2 --run " + run + " --chart " + folder + "/b.png",
                        "memory --batch 2 --iterations 2" + CommandsTest.TINY,
                        "sample --count 0 --run " + run);
        for (String line : lines) {
            Run done = Run.getj(line.split(" "));
            assertEquals(line.contains("--count 0") ? 2 : 0, done.code(), done.err());
            assertAscii(done.out());
            assertAscii(done.err());
        }
        assertTrue(Files.exists(Path.of(pairs, "pairs-00000.safetensors")));
        assertTrue(Files.exists(Path.of(run, "checkpoints", "00000003.safetensors")));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertAscii(folder.relativize(file).toString());
                if (file.toString().matches(".*\\.(json|jsonl|txt)")) {
                    assertAscii(Files.readString(file));
                }
            }
        }
    }

    private static void assertAscii(String text) {
        text.chars()
                .filter(Character::isDigit)
                .forEach(digit -> assertTrue(digit >= '0' && digit <= '9', text));
    }

    /**
     * {@code "…".formatted(…)} takes the user's locale, so it is for {@code %s} alone; with
     * anything that a locale changes, {@code String.format} is told {@code Locale.ROOT}.
     */
    @Test
    void noSourceFormatsNumbersByTheUsersLocale() throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path module :
                    modules.filter(m -> Files.isDirectory(m.resolve("src/main/java"))).toList()) {
                try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        assertTrue(sources.size() > 100, "sources: " + sources.size());
        assertEquals(List.of(), violations(sources));
    }

    @Test
    void theRuleFindsWhatItIsFor() throws IOException {
        Path file = folder.resolve("Wrong.java");
        Files.writeString(
                file,
                """
                class Wrong {
                    String a = "%s and %d".formatted(1, 2);
                    String b = ("%s" + " %.3f").formatted(1, 2.0);
                    String c = String.format("%s", 1);
                    String d(String f) { return f.formatted(1); }
                    String e = "a".toUpperCase();
                    String right = "%s %%d %x".formatted(1, 2) + String.format(java.util.Locale.ROOT, "%d", 1)
                            + "a".toLowerCase(java.util.Locale.ROOT);
                }
                """);
        List<String> found = violations(List.of(file));
        assertEquals(5, found.size(), found.toString());
        for (int line = 2; line <= 6; line++) {
            assertTrue(found.get(line - 2).contains("Wrong.java:" + line), found.toString());
        }
    }

    private static List<String> violations(List<Path> sources) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<String> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Rule(unit, positions, found).scan(unit, null);
            }
            return found;
        }
    }

    private static final class Rule extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        Rule(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree method && wrong(method, call)) {
                long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, call));
                found.add(
                        Path.of(unit.getSourceFile().toUri()).getFileName()
                                + ":"
                                + line
                                + ": "
                                + method.getIdentifier());
            }
            return super.visitMethodInvocation(call, nothing);
        }

        private static boolean wrong(MemberSelectTree method, MethodInvocationTree call) {
            return switch (method.getIdentifier().toString()) {
                case "formatted" -> localised(method.getExpression());
                case "format" ->
                        method.getExpression().toString().equals("String")
                                && !call.getArguments()
                                        .getFirst()
                                        .toString()
                                        .endsWith("Locale.ROOT");
                case "printf" -> true;
                case "toLowerCase", "toUpperCase" ->
                        call.getArguments().isEmpty()
                                && !method.getExpression().toString().equals("Character");
                default -> false;
            };
        }

        private static boolean localised(ExpressionTree format) {
            return constant(format)
                    .map(text -> LOCALISED.matcher(text.replace("%%", "")).find())
                    .orElse(true);
        }

        private static Optional<String> constant(ExpressionTree tree) {
            return switch (tree) {
                case LiteralTree literal when literal.getValue() instanceof String text ->
                        Optional.of(text);
                case ParenthesizedTree inner -> constant(inner.getExpression());
                case BinaryTree sum ->
                        constant(sum.getLeftOperand())
                                .flatMap(left -> constant(sum.getRightOperand()).map(left::concat));
                default -> Optional.empty();
            };
        }
    }
}
