package dev.getj.demo;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directory of a demo, which one that was there before has used. */
final class DemoFolder {
    private DemoFolder() {}

    /**
     * Deletes what an earlier demo left.
     *
     * @param parts folders of a demo
     * @param page the file beside them and its pictures
     * @throws GetjException if the directory holds something else, or cannot be changed
     */
    static void clear(Path out, List<String> parts, String page) {
        try {
            if (!Files.exists(out)) {
                return;
            }
            try (Stream<Path> inside = Files.list(out)) {
                if (inside.map(file -> file.getFileName().toString())
                        .anyMatch(
                                name ->
                                        !parts.contains(name)
                                                && !name.equals(page)
                                                && !name.endsWith(".png"))) {
                    throw new GetjException(
                            out + " holds other files than a demo's; choose another --out");
                }
            }
            for (String part : parts) {
                delete(out.resolve(part));
            }
        } catch (IOException e) {
            throw GetjException.writing(out, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
