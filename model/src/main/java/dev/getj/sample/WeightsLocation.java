package dev.getj.sample;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Where the weights of a network are. */
public sealed interface WeightsLocation {
    /** What names of shipped weights begin with. */
    String BUILTIN = "builtin:";

    /** All shipped weights, for a help text. */
    String SHIPPED = "builtin:strokes or builtin:fashion";

    /** Networks that belong together under one name. */
    enum Network {
        STUDENT,
        TEACHER,
        CLASSIFIER
    }

    /** A safetensors file, or a run directory, whose newest checkpoint is meant. */
    record OnDisk(Path path) implements WeightsLocation {
        @Override
        public SafetensorsFile open(Network network) {
            return SafetensorsFile.open(
                    Files.isDirectory(path) ? path.resolve(Sampler.LATEST) : path);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** Weights that come with getj, in the module {@code weights}. */
    record Shipped(String name) implements WeightsLocation {
        /** What there is. */
        public static final List<String> NAMES = List.of("strokes", "fashion");

        @Override
        public SafetensorsFile open(Network network) {
            if (!NAMES.contains(name)) {
                throw new GetjException(
                        "no weights are shipped as %s; there are: %s%s"
                                .formatted(this, BUILTIN, String.join(", " + BUILTIN, NAMES)));
            }
            String file = name + "-" + network.name().toLowerCase(Locale.ROOT) + ".safetensors";
            try (InputStream in =
                    WeightsLocation.class
                            .getClassLoader()
                            .getResourceAsStream("dev/getj/weights/" + file)) {
                if (in == null) {
                    throw new GetjException(
                            ("%s is not there; it is in the artifact getj-weights: add that to the"
                                 + " class path, or to the module path and start Java with"
                                 + " --add-modules dev.getj.weights")
                                    .formatted(file));
                }
                return SafetensorsFile.of(Path.of(file), in.readAllBytes());
            } catch (IOException e) {
                throw GetjException.reading(Path.of(file), e);
            }
        }

        @Override
        public String toString() {
            return BUILTIN + name;
        }
    }

    /** {@code builtin:NAME}, or else a path. */
    static WeightsLocation parse(String text) {
        return text.startsWith(BUILTIN)
                ? new Shipped(text.substring(BUILTIN.length()))
                : at(Path.of(text));
    }

    static WeightsLocation at(Path path) {
        return new OnDisk(path);
    }

    /**
     * Opens the file, for the caller to close.
     *
     * @param network which one of those that are shipped under a name
     * @throws GetjException if there is none, or it is damaged
     */
    SafetensorsFile open(Network network);

    /**
     * SHA-256 of the file, in 64 hexadecimal digits: the same wherever it lies.
     *
     * @param network which one of those that are shipped under a name
     * @throws GetjException if there is none, or it is damaged
     */
    default String sha256(Network network) {
        try (SafetensorsFile file = open(network)) {
            return file.sha256();
        }
    }
}
