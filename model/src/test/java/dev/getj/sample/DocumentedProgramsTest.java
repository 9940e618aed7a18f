package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.TinyNetworks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Java programs in the documents, compiled and run as they stand there. */
class DocumentedProgramsTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");
    private static final Pattern PRINTED = Pattern.compile("(?s)prints\\s+```\\n(.*?)```");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+(E-?\\d+)?)?");
    private static final ModelConfig NETWORK =
            new ModelConfig(
                    "tiny",
                    new ModelConfig.Images(16, 1, 10),
                    new ModelConfig.Token(8, 8, 2),
                    new ModelConfig.Stack(1, 2),
                    new ModelConfig.Get(new ModelConfig.Stack(1, 2)));

    @TempDir Path folder;

    /** The only Java block of a document. */
    private static String program(String document) throws IOException {
        String text = Files.readString(Path.of("..").resolve(document));
        List<String> blocks =
                BLOCK.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
        assertEquals(1, blocks.size(), document);
        return blocks.getFirst();
    }

    private void compile(String name, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of(
                            "-Xlint:all,-path,-classfile,-processing",
                            "-Werror",
                            "-proc:none",
                            "-d",
                            folder.toString(),
                            "-cp",
                            System.getProperty("java.class.path"));
            boolean compiled =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(file))
                            .call();
            assertTrue(compiled, said + source);
        }
    }

    private String run(String name) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("java.class.path");
        Process process =
                new ProcessBuilder(
                                java,
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Djava.awt.headless=true",
                                "-cp",
                                folder + System.getProperty("path.separator") + classes,
                                name)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private void writeRun() throws IOException {
        Path run = Files.createDirectories(folder.resolve("runs/mine"));
        SafetensorsWriter writer =
                new SafetensorsWriter().metadata("config", ConfigJson.write(NETWORK));
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = TinyNetworks.weights(backend, NETWORK, 3);
            for (ParameterTable.Entry entry : weights.table().entries()) {
                long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
                writer.add("ema." + entry.name(), weights.tensor(entry.name()).get(), shape);
            }
        }
        writer.write(run.resolve(Sampler.LATEST));
    }

    @Test
    void theSamplerIsEmbeddedAsTheReadmeSays() throws IOException, InterruptedException {
        writeRun();
        String source =
                """
                import dev.getj.sample.*;

                import java.io.*;
                import java.nio.file.*;
                import javax.imageio.ImageIO;

                public class Embedding {
                    public static void main(String[] args) throws IOException {
                        %s
                    }
                }
                """;
        compile("Embedding", source.formatted(program("README.md")));
        run("Embedding");
        assertEquals(16, ImageIO.read(folder.resolve("seven.png").toFile()).getWidth());
    }

    @Test
    void theSolverIsUsedAsItsPageSays() throws IOException, InterruptedException {
        compile("TanhEquilibrium", program("docs/solver.md"));
        List<String> printed =
                run("TanhEquilibrium").lines().filter(l -> !l.startsWith("WARNING")).toList();
        Matcher block = PRINTED.matcher(Files.readString(Path.of("../docs/solver.md")));
        assertTrue(block.find());
        List<String> expected = block.group(1).lines().toList();
        assertEquals(expected.size(), printed.size(), printed::toString);
        for (int i = 0; i < printed.size(); i++) {
            assertEquals(
                    NUMBER.matcher(expected.get(i)).replaceAll("#"),
                    NUMBER.matcher(printed.get(i)).replaceAll("#"));
            // the last digits depend on how wide vectors are
            assertArrayEquals(numbers(expected.get(i)), numbers(printed.get(i)), 1e-4);
        }
    }

    private static double[] numbers(String line) {
        return NUMBER.matcher(line)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group()))
                .toArray();
    }
}
