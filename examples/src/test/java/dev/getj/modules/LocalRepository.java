package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A local repository of Maven that has getj, as {@code mvn install} leaves it, and everything else
 * of the one that builds getj, whose own getj is not seen.
 */
final class LocalRepository {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String VERSION = System.getProperty("getj.version");

    private final Path group;

    private LocalRepository(Path group) {
        this.group = group;
    }

    /**
     * @param modules of getj; their POMs and that of all go in, too
     */
    static void make(Path folder, List<ModuleReference> modules) throws IOException {
        Path others = Path.of(System.getProperty("maven.repository"));
        Path dev = Files.createDirectories(folder.resolve("dev"));
        link(others, folder, "dev");
        if (Files.isDirectory(others.resolve("dev"))) {
            link(others.resolve("dev"), dev, "getj");
        }
        LocalRepository repository = new LocalRepository(dev.resolve("getj"));
        repository.install("getj", ROOT.resolve("pom.xml"), "pom");
        for (ModuleReference module : modules) {
            repository.install(module);
        }
    }

    /** Deletes what leads out of the repository. */
    static void unlink(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void link(Path from, Path to, String except) throws IOException {
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry) && !name.equals(except)) {
                    Files.createSymbolicLink(to.resolve(name), entry);
                }
            }
        }
    }

    private void install(ModuleReference module) throws IOException {
        Path built = Path.of(module.location().orElseThrow());
        Path project = built;
        while (!Files.exists(project.resolve("pom.xml"))) {
            project = project.getParent();
        }
        String artifact = "getj-" + project.getFileName();
        install(artifact, project.resolve("pom.xml"), "pom");
        if (Files.isDirectory(built)) {
            String jar = built.resolveSibling(artifact + ".jar").toString();
            ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
            String[] words = {"--create", "--file", jar, "-C", built.toString(), "."};
            assertEquals(0, tool.run(System.out, System.err, words));
            install(artifact, Path.of(jar), "jar");
            Files.delete(Path.of(jar));
        } else {
            install(artifact, built, "jar");
        }
    }

    private void install(String artifact, Path file, String type) throws IOException {
        Path folder = Files.createDirectories(group.resolve(artifact).resolve(VERSION));
        Files.copy(file, folder.resolve(artifact + "-" + VERSION + "." + type));
    }
}
