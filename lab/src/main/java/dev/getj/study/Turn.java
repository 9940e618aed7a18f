package dev.getj.study;

import dev.getj.io.Claim;

import java.nio.file.Path;
import java.util.Optional;

/** Waits for other processes of a study. */
final class Turn {
    private static final long PATIENCE_MS = 500;

    private Turn() {}

    /** Claims a folder for a short time, as soon as no other process has it. */
    static Claim await(Path folder) {
        Optional<Claim> claim = Claim.tryTake(folder);
        while (claim.isEmpty()) {
            pause();
            claim = Claim.tryTake(folder);
        }
        return claim.get();
    }

    static void pause() {
        try {
            Thread.sleep(PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for another process", e);
        }
    }
}
