package dev.getj.demo;

import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.io.TemporaryFiles;

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
     * Checks that a directory is one of a demo, or new.
     *
     * @param parts folders of a demo
     * @param page the file beside them and its pictures
     * @throws GetjException if the directory holds something else
     */
    static void require(Path out, List<String> parts, String page) {
        if (!Files.exists(out)) {
            return;
        }
        try (Stream<Path> inside = Files.list(out)) {
            if (!inside.allMatch(file -> isPart(file, parts, page))) {
                throw new GetjException(
                        out + " holds other files than a demo's; choose another --out");
            }
        } catch (IOException e) {
            throw GetjException.writing(out, e);
        }
    }

    private static boolean isPart(Path file, List<String> parts, String page) {
        String name = file.getFileName().toString();
        return parts.contains(name)
                || name.equals(page)
                || name.endsWith(".png")
                || TemporaryFiles.isOne(file)
                || Claim.isFile(file);
    }

    /**
     * Deletes what an earlier demo left, but for page and pictures, which are replaced.
     *
     * @throws GetjException if a part is in use, or cannot be deleted
     */
    static void clear(Path out, List<String> parts) {
        TemporaryFiles.sweep(out, _ -> true);
        for (String part : parts) {
            Path folder = out.resolve(part);
            if (Files.exists(folder)) {
                try (Claim _ = Claim.take(folder)) {
                    delete(folder);
                } catch (IOException e) {
                    throw GetjException.writing(folder, e);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
