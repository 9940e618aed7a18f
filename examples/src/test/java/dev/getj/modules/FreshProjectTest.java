package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The project of {@code docs/guide/embedding.md}, built as a newcomer builds it. */
class FreshProjectTest {
    private static final Path PROJECT = Path.of("fresh-project");
    private static final Path SPRING = Path.of("spring-boot");
    private static final Path GUIDE = Path.of("../docs/guide/embedding.md");
    private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin", "mvn");

    @TempDir Path folder;

    private Path built() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(MAVEN), "there is no " + MAVEN);
        Path repository = Files.createDirectory(folder.resolve("repository"));
        LocalRepository.make(
                repository,
                BuiltModules.required("dev.getj.model", "dev.getj.weights").stream()
                        .filter(module -> BuiltModules.name(module).startsWith("dev.getj."))
                        .toList());
        Path project = folder.resolve("project");
        try (Stream<Path> files = Files.walk(PROJECT)) {
            for (Path file : files.toList()) {
                Files.copy(file, project.resolve(PROJECT.relativize(file).toString()));
            }
        }
        List<String> command =
                List.of(
                        MAVEN.toString(),
                        "--batch-mode",
                        "--quiet",
                        "--file",
                        project.toString(),
                        "-Dmaven.repo.local=" + repository,
                        "package");
        Path log = folder.resolve("maven.log");
        ProcessBuilder maven =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // of this Java, whatever Maven itself would find
        maven.environment().put("JAVA_HOME", Program.JAVA_HOME);
        maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        int code = maven.start().waitFor();
        assertEquals(0, code, () -> read(log));
        LocalRepository.unlink(repository);
        return project;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itIsBuiltFromInstalledArtifactsAndRunsOnBothPaths() throws Exception {
        Path target = built().resolve("target");
        Path lib = target.resolve("lib");
        String jar = target.resolve("draw.jar").toString();
        byte[] seven;
        try (Sampler sampler = Sampler.load(WeightsLocation.parse("builtin:strokes"))) {
            seven = sampler.sample(SampleRequest.of(1).withSeed(3).withLabel(7)).png(0);
        }
        Path fromClassPath = folder.resolve("class-path.png");
        String classPath = jar + File.pathSeparator + lib + "/*";
        Program.java(folder, "-cp", classPath, "com.example.Draw", fromClassPath.toString())
                .output();
        assertArrayEquals(seven, Files.readAllBytes(fromClassPath));
        serves(List.of("-p", jar + File.pathSeparator + lib), seven);
    }

    private void serves(List<String> path, byte[] seven) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(Program.JAVA_HOME, "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(path);
        command.addAll(List.of("-m", "com.example.draw/com.example.Server", "0"));
        Process server =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = server.inputReader();
                HttpClient client = HttpClient.newHttpClient()) {
            String base = out.readLine().replace("/7/42", "");
            HttpResponse<byte[]> image = get(client, base + "/7/3");
            assertEquals(200, image.statusCode());
            assertArrayEquals(seven, image.body());
            HttpResponse<byte[]> refused = get(client, base + "/12/3");
            assertEquals(400, refused.statusCode());
            assertEquals(
                    "use /CLASS/SEED: '12' is no class of this network, which has 0…9\n",
                    new String(refused.body(), StandardCharsets.UTF_8));
            assertEquals(400, get(client, base + "/").statusCode());
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    private static HttpResponse<byte[]> get(HttpClient client, String address)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void theGuideShowsItAsItIs() throws IOException {
        String guide = Files.readString(GUIDE);
        for (String file :
                List.of(
                        "src/main/java/module-info.java",
                        "src/main/java/com/example/Draw.java",
                        "src/main/java/com/example/Server.java")) {
            String text = Files.readString(PROJECT.resolve(file));
            assertTrue(guide.contains("```java\n" + text + "```"), file);
        }
        String pom = Files.readString(PROJECT.resolve("pom.xml"));
        String dependencies =
                pom.substring(pom.indexOf("  <dependencies>"), pom.indexOf("  <build>"));
        assertTrue(guide.contains(dependencies.strip()), dependencies);
        String version = System.getProperty("getj.version");
        assertTrue(pom.contains("<getj.version>" + version + "<"), version);
        assertTrue(guide.contains("<getj.version>" + version + "<"), version);
    }

    @Test
    void theGuideShowsTheSpringApplicationAsItIs() throws IOException {
        String guide = Files.readString(GUIDE);
        String text =
                Files.readString(SPRING.resolve("src/main/java/com/example/Application.java"));
        String shown = text.substring(text.indexOf("@SpringBootApplication"));
        assertTrue(guide.contains("```java\n" + shown + "```"), shown);
        String pom = Files.readString(SPRING.resolve("pom.xml"));
        String version = System.getProperty("getj.version");
        assertTrue(pom.contains("<getj.version>" + version + "<"), version);
    }
}
