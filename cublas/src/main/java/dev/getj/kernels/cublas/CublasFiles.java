package dev.getj.kernels.cublas;

import dev.getj.kernels.DeviceException;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the file of cuBLASLt: where the system's loader finds it, in CUDA's toolkit, or where the
 * environment says.
 */
final class CublasFiles {
    /** Names the file; nothing else is tried then. */
    static final String VARIABLE = "GETJ_CUBLASLT";

    /** From the newest to the oldest that is known to work. */
    private static final List<String> NAMES = List.of("libcublasLt.so.13", "libcublasLt.so.12");

    private static final List<String> FOLDERS =
            List.of("lib64", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib");

    private CublasFiles() {}

    /**
     * Loads the library, for good.
     *
     * @throws DeviceException if there is none
     */
    static SymbolLookup load() {
        return find(System.getenv())
                .orElseThrow(
                        () ->
                                new DeviceException(
                                        "cuBLASLt cannot be loaded: use --products java"));
    }

    /** Loads the library, if there is one. */
    static Optional<SymbolLookup> find(Map<String, String> environment) {
        for (String candidate : candidates(environment)) {
            try {
                return Optional.of(
                        candidate.indexOf('/') < 0
                                ? SymbolLookup.libraryLookup(candidate, Arena.global())
                                : SymbolLookup.libraryLookup(Path.of(candidate), Arena.global()));
            } catch (IllegalArgumentException notThere) {
                continue;
            }
        }
        return Optional.empty();
    }

    /** Names and files, in the order in which they are tried. */
    static List<String> candidates(Map<String, String> environment) {
        String chosen = environment.get(VARIABLE);
        if (chosen != null && !chosen.isEmpty()) {
            return List.of(Path.of(chosen).toAbsolutePath().toString());
        }
        List<String> candidates = new ArrayList<>(NAMES);
        for (String toolkit : toolkits(environment)) {
            for (String folder : FOLDERS) {
                for (String name : NAMES) {
                    Path file = Path.of(toolkit, folder, name);
                    if (Files.isRegularFile(file)) {
                        candidates.add(file.toString());
                    }
                }
            }
        }
        return candidates;
    }

    private static List<String> toolkits(Map<String, String> environment) {
        List<String> toolkits = new ArrayList<>();
        for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            String folder = environment.get(variable);
            if (folder != null && !folder.isEmpty()) {
                toolkits.add(folder);
            }
        }
        toolkits.add("/usr/local/cuda");
        return toolkits;
    }
}
