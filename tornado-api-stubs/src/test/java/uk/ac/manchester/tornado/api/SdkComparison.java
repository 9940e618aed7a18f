package uk.ac.manchester.tornado.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/**
 * Stubs beside the classes of an SDK.
 *
 * @param stub one of them; all that are built with it are compared
 * @param jar how the name of the SDK's jar begins
 * @param ours classes that TornadoVM does not have
 */
public record SdkComparison(Class<?> stub, String jar, Set<String> ours) {

    /** Every signature of a stub is the SDK's; skipped where there is none. */
    public void requireSame() throws IOException, URISyntaxException {
        Optional<Path> sdk = sdk();
        assumeTrue(
                sdk.isPresent(),
                "no TornadoVM SDK: set TORNADOVM_HOME or install one with SDKMAN to compare the"
                        + " stubs");
        List<String> missing = new ArrayList<>();
        try (JarFile api = new JarFile(jar(sdk.get()).toFile())) {
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

    private Path jar(Path sdk) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(jars(sdk), jar + "*.jar")) {
            return found.iterator().next();
        }
    }

    /** Where the stubs were compiled to. */
    Path root() throws URISyntaxException {
        return Path.of(stub.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Their class files. */
    public List<Path> stubs() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .filter(file -> ours.stream().noneMatch(file::endsWith))
                    .sorted()
                    .toList();
        }
    }
}
