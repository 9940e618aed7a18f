package dev.getj.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Something that the user can put right: a damaged file, a full disk, a setting that does not fit.
 * The message is one line that says what is wrong and, where that is known, what to do; the command
 * line prints it after {@code getj: }.
 */
public class GetjException extends RuntimeException {
    /** Characters of a message: it may quote a file, whose texts can have any length. */
    private static final int LONGEST = 8000;

    /**
     * @param message one sentence, of which the middle is left out beyond 8000 characters; control
     *     characters in it (from file contents) are made visible, see {@link Printable}
     */
    public GetjException(String message) {
        super(oneLine(message));
    }

    /**
     * @param cause what the operating system or a parser reported; shown with {@code --stacktrace}
     *     only
     */
    public GetjException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Says why {@code file} cannot be read. */
    public static GetjException reading(Path file, IOException cause) {
        return new GetjException("cannot read " + file + ": " + reason(cause), cause);
    }

    /** Says why {@code file} cannot be written; a full disk is named as such. */
    public static GetjException writing(Path file, IOException cause) {
        return new GetjException("cannot write " + file + ": " + reason(cause), cause);
    }

    /**
     * Says that a mapped file has become shorter, or its disk has failed: Java tells that by an
     * {@link InternalError} where the memory is read, or soon after.
     */
    public static GetjException gone(String what, InternalError cause) {
        return new GetjException(
                what
                        + " cannot be read any more: the file was cut short or its disk failed"
                        + " while it was in use",
                cause);
    }

    private static String reason(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space left") || message.contains("not enough space")) {
            return "no space left on the disk; free some or choose another place";
        }
        if (message.contains("quota exceeded")) {
            return "the disk quota is used up; free some space or choose another place";
        }
        return switch (cause) {
            case NoSuchFileException _, FileNotFoundException _ -> "no such file or folder";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException e -> e.getFile() + " is a file, not a folder";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default ->
                    cause.getMessage() == null
                            ? cause.getClass().getSimpleName()
                            : cause.getMessage();
        };
    }

    private static String oneLine(String message) {
        String shown = message;
        if (message.length() > LONGEST) {
            int dropped = message.length() - LONGEST;
            shown =
                    "%s… (%s characters left out) …%s"
                            .formatted(
                                    message.substring(0, LONGEST / 2),
                                    dropped,
                                    message.substring(LONGEST / 2 + dropped));
        }
        return Printable.line(shown);
    }
}
