package dev.getj.data;

import dev.getj.io.GetjException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the files of Fashion-MNIST are: they do not come with getj, but with Debian and Ubuntu, in
 * the package {@code dataset-fashion-mnist}.
 */
final class FashionFolder {
    /** Where the package puts them. */
    static final List<Path> PLACES = List.of(Path.of("/usr/share/datasets/fashion-mnist"));

    private FashionFolder() {}

    /**
     * The first of the folders that is there.
     *
     * @throws GetjException saying where the files can be had, if none is
     */
    static Path find(List<Path> places) {
        return places.stream()
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(
                        () ->
                                new GetjException(
                                        ("Fashion-MNIST is not in %s: install the package"
                                             + " dataset-fashion-mnist of Debian or Ubuntu, or name"
                                             + " a folder with its four files, mnist:DIR")
                                                .formatted(places.getFirst())));
    }
}
