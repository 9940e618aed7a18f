package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An IDX file of bytes, as MNIST has them, compressed by gzip or not: {@code 0 0 8 d}, d sizes of
 * four bytes, most significant first, then the elements.
 *
 * @param shape d sizes
 * @param elements row-major
 */
record IdxFile(int[] shape, byte[] elements) {
    /** Type of unsigned bytes. */
    private static final int BYTES = 8;

    /** Fashion-MNIST has 47 MB, EMNIST 550. */
    private static final long MOST = 1L << 30;

    /** Deflate turns a byte into at most 1032. */
    private static final long MAX_EXPANSION = 1032;

    /**
     * @param dimensions d that is expected
     * @throws GetjException if it is something else or its header does not fit its size
     */
    static IdxFile read(Path path, int dimensions) {
        RegularFile.require(path);
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(path))) {
            raw.mark(2);
            boolean packed = raw.read() == 0x1F && raw.read() == 0x8B;
            raw.reset();
            long size = Files.size(path);
            InputStream in = packed ? new GZIPInputStream(raw, 1 << 16) : raw;
            return read(path, in, dimensions, packed ? -1 : size, size);
        } catch (EOFException | ZipException e) {
            throw new GetjException(path + " is damaged: " + reason(e), e);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof EOFException ? "it ends in the middle" : e.getMessage();
    }

    /**
     * @param size of what is in the file; −1 if that is not known before it is unpacked
     * @param stored bytes of the file
     */
    private static IdxFile read(Path path, InputStream in, int dimensions, long size, long stored)
            throws IOException {
        ByteBuffer header = ByteBuffer.wrap(in.readNBytes(4 + 4 * dimensions));
        if (header.limit() < 4 + 4 * dimensions || header.getInt(0) != (BYTES << 8 | dimensions)) {
            throw new GetjException(
                    "%s is no IDX file of bytes in %s, as MNIST's are"
                            .formatted(path, DataSummary.counted(dimensions, "dimension")));
        }
        int[] shape = new int[dimensions];
        long elements = 1;
        for (int d = 0; d < dimensions; d++) {
            shape[d] = header.getInt(4 + 4 * d);
            elements = shape[d] < 1 ? Long.MAX_VALUE : product(elements, shape[d]);
        }
        boolean fits =
                size >= 0
                        ? elements == size - header.limit()
                        : elements <= Math.min(MOST, stored * MAX_EXPANSION);
        if (!fits || elements > Math.min(MOST, Runtime.getRuntime().maxMemory() / 2)) {
            throw new GetjException(
                    "%s has the sizes %s, which does not fit a file of %s bytes or is more than is read"
                            .formatted(path, Arrays.toString(shape), stored));
        }
        byte[] content = in.readNBytes((int) elements);
        if (content.length < elements || in.read() >= 0) {
            throw new GetjException(
                    "%s is damaged: it does not hold the %s elements that it promises"
                            .formatted(path, elements));
        }
        return new IdxFile(shape, content);
    }

    private static long product(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        return high != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
