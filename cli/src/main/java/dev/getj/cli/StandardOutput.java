package dev.getj.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Standard output, which remembers that something could not be written there: the writers on top of
 * it keep that to themselves, and a result that got lost must not end with exit code 0.
 */
final class StandardOutput extends OutputStream {
    private final OutputStream out;
    private IOException failure;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException problem) {
            if (failure == null) {
                failure = problem;
            }
            throw problem;
        }
    }

    /** What went wrong first, if anything. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * True if the one who reads has gone, as {@code head} does once it has its lines: nothing to
     * talk about.
     */
    static boolean readerHasGone(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }
}
