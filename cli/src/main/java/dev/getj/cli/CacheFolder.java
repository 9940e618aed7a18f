package dev.getj.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where this system keeps what a program can make again. */
final class CacheFolder {
    private CacheFolder() {}

    /** Our folder there, which may not exist yet. */
    static Path path() {
        return path(
                System.getenv(),
                System.getProperty("os.name", ""),
                Path.of(System.getProperty("user.home")));
    }

    /**
     * The same for another system.
     *
     * @param environment {@code XDG_CACHE_HOME} and {@code LOCALAPPDATA} are looked at
     */
    static Path path(Map<String, String> environment, String system, Path home) {
        String name = system.toLowerCase(Locale.ROOT);
        String variable = name.startsWith("windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME";
        String usual = name.startsWith("mac") ? "Library/Caches" : ".cache";
        String set = environment.get(variable);
        Path folder = set == null || set.isBlank() ? home.resolve(usual) : Path.of(set);
        return folder.resolve("getj");
    }
}
