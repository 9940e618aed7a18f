package dev.getj.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The temporary files of {@link AtomicFile}: {@code .NAME.PID-x.tmp} beside the file NAME that they
 * become, PID being the process that writes. A process that is killed leaves them; they are deleted
 * the next time NAME is written, or by {@link #sweep}.
 */
public final class TemporaryFiles {
    private static final Pattern NAME =
            Pattern.compile("\\.(.+)\\.(\\d{1,18})-[0-9a-f]{1,16}\\.tmp");

    private TemporaryFiles() {}

    /** A new name beside {@code file}. */
    static Path beside(Path file) {
        return file.resolveSibling(
                "."
                        + file.getFileName()
                        + "."
                        + ProcessHandle.current().pid()
                        + "-"
                        + Long.toHexString(System.nanoTime())
                        + ".tmp");
    }

    /** True if {@code file} has such a name. */
    public static boolean isOne(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    /**
     * Deletes what earlier processes left in a folder that this one has claimed. A folder that does
     * not exist is fine.
     *
     * @param claimed names of the files that are only written under the claim: their temporary
     *     files are deleted, those of others only if their process has ended
     * @throws GetjException if the folder cannot be read, or a file not be deleted
     */
    public static void sweep(Path folder, Predicate<String> claimed) {
        try {
            delete(
                    folder,
                    (file, name) -> claimed.test(name.group(1)) || abandoned(file, name.group(2)));
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /** Deletes what processes that have ended left of {@code file}. */
    static void sweepOf(Path file) throws IOException {
        String become = file.getFileName().toString();
        delete(
                file.toAbsolutePath().getParent(),
                (left, name) -> become.equals(name.group(1)) && abandoned(left, name.group(2)));
    }

    private interface Condition {
        boolean isTrue(Path file, MatchResult name) throws IOException;
    }

    private static void delete(Path folder, Condition condition) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, ".*.tmp")) {
            for (Path file : found) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && condition.isTrue(file, name)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            // Then nothing was left there.
        }
    }

    private static boolean abandoned(Path file, String pid) throws IOException {
        try {
            return !RunningProcess.isAuthor(
                    Long.parseLong(pid),
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
        } catch (NoSuchFileException _) {
            return false;
        }
    }
}
