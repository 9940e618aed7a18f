package uk.ac.manchester.tornado.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** With a TornadoVM SDK at hand, every stub's signatures are the SDK's. */
class SdkSignaturesTest {
    /** Classes of ours that TornadoVM does not have. */
    private static final Set<String> OURS = Set.of("uk/ac/manchester/tornado/api/Stub.class");

    @Test
    void everyStubIsAsInTheSdk() throws IOException, URISyntaxException {
        Optional<Path> sdk = sdk();
        assumeTrue(
                sdk.isPresent(),
                "no TornadoVM SDK: set TORNADOVM_HOME or install one with SDKMAN to compare the"
                        + " stubs");
        List<String> missing = new ArrayList<>();
        try (JarFile api = new JarFile(apiJar(sdk.get()).toFile())) {
            for (Path stub : stubs()) {
                String entry = root().relativize(stub).toString().replace('\\', '/');
                Set<String> unlike = new TreeSet<>(Signatures.of(Files.readAllBytes(stub)));
                if (api.getEntry(entry) != null) {
                    try (var in = api.getInputStream(api.getEntry(entry))) {
                        unlike.removeAll(Signatures.of(in.readAllBytes()));
                    }
                }
                missing.addAll(unlike);
            }
        }
        assertEquals("", String.join("\n", missing), "not in the SDK at " + sdk.get());
    }

    @Test
    void whatIsCompared() throws IOException, URISyntaxException {
        Set<String> lines =
                Signatures.of(
                        Files.readAllBytes(
                                root().resolve(
                                                KernelContext.class.getName().replace('.', '/')
                                                        + ".class")));
        String name = "uk/ac/manchester/tornado/api/KernelContext";
        assertTrue(lines.contains("class " + name), lines.toString());
        assertTrue(lines.contains(name + ".final globalIdx Ljava/lang/Integer;"), lines.toString());
        assertTrue(lines.contains(name + ".allocateFloatLocalArray (I)[F"), lines.toString());
        assertTrue(lines.contains(name + ".<init> ()V"), lines.toString());
        assertTrue(lines.stream().noneMatch(line -> line.contains("<init> ([I")), "not public");
        assertTrue(stubs().size() > 40, "stubs found: " + stubs().size());
    }

    private static Optional<Path> sdk() {
        return Stream.of(
                        Optional.ofNullable(System.getenv("TORNADOVM_HOME")).map(Path::of),
                        Optional.of(
                                Path.of(
                                        System.getProperty("user.home"),
                                        ".sdkman/candidates/tornadovm/current")))
                .flatMap(Optional::stream)
                .filter(home -> Files.isDirectory(jars(home)))
                .findFirst();
    }

    private static Path jars(Path sdk) {
        return sdk.resolve("share/java/tornado");
    }

    private static Path apiJar(Path sdk) throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(jars(sdk), "tornado-api-*.jar")) {
            return found.iterator().next();
        }
    }

    private static Path root() throws URISyntaxException {
        return Path.of(
                KernelContext.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static List<Path> stubs() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .filter(file -> OURS.stream().noneMatch(file::endsWith))
                    .sorted()
                    .toList();
        }
    }
}
