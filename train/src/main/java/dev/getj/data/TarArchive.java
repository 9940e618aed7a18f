package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Files of a {@code .tar.gz}, read to the heap: POSIX ustar, names up to 100 characters. */
final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int KIND_AT = 156;
    private static final int MAGIC_AT = 257;

    /** CIFAR has 185 MB; an archive that unpacks to more than this is something else. */
    private static final long MAX_BYTES = 1L << 30;

    /** Files that are kept; CIFAR has six. */
    private static final int MAX_FILES = 64;

    private TarArchive() {}

    /**
     * @param wanted told the last part of a file's name
     * @param most bytes of all wanted files together
     * @return by that part, in the order of the archive
     * @throws GetjException if it is damaged, unpacks to more than 1 GiB, or what is wanted is more
     *     than {@code most}
     */
    static Map<String, byte[]> read(Path path, Predicate<String> wanted, long most) {
        RegularFile.require(path);
        Map<String, byte[]> files = new LinkedHashMap<>();
        long kept = 0;
        try (InputStream in =
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            long unpacked = 0;
            while (true) {
                byte[] header = in.readNBytes(BLOCK);
                if (header.length == 0 || header.length == BLOCK && header[0] == 0) {
                    return files;
                }
                long size = size(path, header);
                unpacked += BLOCK + size;
                if (unpacked > MAX_BYTES) {
                    throw new GetjException(
                            path + " unpacks to more than 1 GiB, which CIFAR does not");
                }
                String name = text(header, 0, NAME_BYTES);
                String file = name.substring(name.lastIndexOf('/') + 1);
                boolean regular = header[KIND_AT] == '0' || header[KIND_AT] == 0;
                long padded = Math.ceilDiv(size, BLOCK) * BLOCK;
                if (regular && wanted.test(file)) {
                    kept += size;
                    if (kept > most || files.size() == MAX_FILES) {
                        throw new GetjException(
                                "%s holds more data than CIFAR, or than half of Java's memory (%s MiB); raise the limit with -Xmx"
                                        .formatted(path, most >> 20));
                    }
                    byte[] bytes = in.readNBytes((int) size);
                    if (bytes.length < size || files.put(file, bytes) != null) {
                        throw new GetjException(
                                "%s is damaged: '%s' is cut off or there twice"
                                        .formatted(path, file));
                    }
                    in.skipNBytes(padded - size);
                } else {
                    in.skipNBytes(padded);
                }
            }
        } catch (EOFException e) {
            throw new GetjException(path + " is damaged: it ends in the middle", e);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    private static long size(Path path, byte[] header) {
        boolean tar = header.length == BLOCK && text(header, MAGIC_AT, 5).equals("ustar");
        String octal = tar ? text(header, SIZE_AT, SIZE_BYTES).strip() : "";
        if (!octal.matches("[0-7]{1,11}")) {
            throw new GetjException(path + " is damaged: it is no tar archive inside");
        }
        return Long.parseLong(octal, 8);
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.ISO_8859_1);
    }
}
