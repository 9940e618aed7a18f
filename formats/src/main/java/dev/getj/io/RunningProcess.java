package dev.getj.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the system tells of processes by their numbers, which it uses again. */
final class RunningProcess {
    /** By how much the clocks of processes and of files may differ. */
    private static final Duration CLOCKS = Duration.ofSeconds(2);

    private RunningProcess() {}

    /**
     * True if process {@code pid} runs, and already ran when a file was last written. Otherwise the
     * process that wrote it has ended, and the number may belong to another one.
     */
    static boolean isAuthor(long pid, Instant written) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        return process.isPresent()
                && !isZombie(pid)
                && process.get()
                        .info()
                        .startInstant()
                        .map(start -> start.minus(CLOCKS).isBefore(written))
                        .orElse(true);
    }

    /** True if it has ended, but its parent did not ask how; Java takes such for alive. */
    private static boolean isZombie(long pid) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return status.startsWith(") Z", status.lastIndexOf(')'));
        } catch (IOException _) {
            return false;
        }
    }
}
