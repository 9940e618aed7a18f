package dev.getj.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/**
 * What wrote a file.
 *
 * @param getj version
 * @param commit of the sources that it was built from; {@code unknown} if they were no repository
 * @param java version
 */
record MadeBy(String getj, String commit, String java) {
    /** The key under which files have it. */
    static final String KEY = "made_by";

    private static final String FILE = "build.properties";

    /** The getj that runs. */
    static MadeBy us() {
        Properties build = new Properties();
        try (InputStream file = MadeBy.class.getResourceAsStream(FILE)) {
            build.load(Objects.requireNonNull(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new MadeBy(
                build.getProperty("version"),
                build.getProperty("commit"),
                Runtime.version().toString());
    }
}
