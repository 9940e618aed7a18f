package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A check sum of the jars and class files that this process runs: two builds of the same version
 * may compute differently.
 */
final class CodeDigest {
    private static final int BUFFER = 1 << 20;

    private CodeDigest() {}

    static String of() {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        Stream.of("java.class.path", "jdk.module.path")
                .flatMap(path -> entries(System.getProperty(path, "")))
                .map(Path::of)
                .flatMap(entry -> files(entry).stream())
                // the same jars may lie in another folder, and be listed in another order
                .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                .forEach(file -> add(file, sum, buffer));
        return "%08x (Java %s)".formatted(sum.getValue(), Runtime.version());
    }

    private static Stream<String> entries(String path) {
        return Stream.of(path.split(File.pathSeparator)).filter(entry -> !entry.isBlank());
    }

    private static List<Path> files(Path entry) {
        if (!Files.exists(entry)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(entry)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw GetjException.reading(entry, e);
        }
    }

    private static void add(Path file, CRC32C sum, byte[] buffer) {
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sum.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }
}
