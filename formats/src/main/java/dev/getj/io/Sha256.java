package dev.getj.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What tells contents apart: SHA-256 of all that is added, in its order.
 *
 * <pre>{@code
 * String digest = new Sha256().add(labels).hex();
 * }</pre>
 */
public final class Sha256 {
    private static final int PIECE = 1 << 16;

    private final MessageDigest digest = algorithm();

    private static MessageDigest algorithm() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Adds the content of a file.
     *
     * @throws GetjException if it cannot be read
     */
    public Sha256 add(Path file) {
        try (OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, sink);
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
        return this;
    }

    /** Adds bytes. */
    public Sha256 add(MemorySegment bytes) {
        byte[] piece = new byte[(int) Math.min(PIECE, bytes.byteSize())];
        for (long at = 0; at < bytes.byteSize(); at += piece.length) {
            int count = (int) Math.min(piece.length, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, count);
            digest.update(piece, 0, count);
        }
        return this;
    }

    /** Adds floats, all of whose bits count. */
    public Sha256 add(float[] values) {
        return add(MemorySegment.ofArray(values));
    }

    /** Adds whole numbers. */
    public Sha256 add(int[] values) {
        return add(MemorySegment.ofArray(values));
    }

    /** 64 hexadecimal digits; what is added after that belongs to another digest. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
