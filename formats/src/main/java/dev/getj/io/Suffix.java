package dev.getj.io;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** What a file is by the end of its name, in small letters or capitals. */
public final class Suffix {
    private Suffix() {}

    /**
     * Whether a file's name ends in one of these.
     *
     * @param suffixes in small letters, with their dots: {@code .safetensors}
     */
    public static boolean is(Path file, String... suffixes) {
        Path name = file.getFileName();
        return name != null && is(name.toString(), suffixes);
    }

    /** The same of a name, or of a path as the user wrote it. */
    public static boolean is(String name, String... suffixes) {
        String small = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(suffixes).anyMatch(small::endsWith);
    }
}
