package dev.getj.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip archive in memory, mapped as a rule, that is not trusted: entries that are stored are given
 * as they lie in the file, without a copy. The directory is checked before anything else: each
 * entry inside the file, none overlapping, no name twice, none larger than its compressed bytes can
 * become.
 */
public final class ZipArchive {
    /**
     * One entry.
     *
     * @param offset where its bytes begin in the file
     * @param stored bytes in the file
     * @param size bytes of its content
     */
    public record Entry(
            String name,
            boolean compressed,
            int crc,
            long header,
            long offset,
            long stored,
            long size) {}

    private final String label;
    private final MemorySegment file;
    private final Map<String, Entry> entries;

    private ZipArchive(String label, MemorySegment file, Map<String, Entry> entries) {
        this.label = label;
        this.file = file;
        this.entries = entries;
    }

    /** True if {@code file} begins as a zip archive does. */
    public static boolean begins(MemorySegment file) {
        return ZipDirectory.begins(file);
    }

    /**
     * Reads and checks the directory, whose table may take half of Java's memory.
     *
     * @param label the file's name for error messages
     * @throws GetjException saying what is wrong with it, or that it has too many entries
     */
    public static ZipArchive open(String label, MemorySegment file) {
        try {
            return new ZipArchive(
                    label, file, ZipDirectory.read(file, Runtime.getRuntime().maxMemory() / 2));
        } catch (ZipDirectory.TooLarge e) {
            throw new GetjException("cannot read " + label + ": " + e.getMessage(), e);
        } catch (ZipDirectory.Damage e) {
            throw new GetjException(label + " is damaged: " + e.getMessage(), e);
        }
    }

    /** All entries by name, in the order of the directory. */
    public Map<String, Entry> entries() {
        return entries;
    }

    /**
     * Content of an entry: of a stored one as it lies in the file, unchecked; of a compressed one
     * unpacked to the heap.
     *
     * @param limit most bytes to unpack
     * @throws GetjException if a compressed entry is larger than that, or damaged
     */
    public MemorySegment content(Entry entry, long limit) {
        MemorySegment bytes = file.asSlice(entry.offset(), entry.stored());
        if (!entry.compressed()) {
            return bytes;
        }
        if (entry.size() > limit) {
            throw new GetjException(
                    "%s: '%s' would unpack to %s bytes, more than the %s that are read; store it uncompressed"
                            .formatted(label, entry.name(), entry.size(), limit));
        }
        MemorySegment content = MemorySegment.ofArray(inflate(entry, bytes));
        check(entry, content);
        return content;
    }

    /**
     * Compares the check sum of a stored entry with its bytes. PyTorch can be told to leave the sum
     * out, which then is 0.
     *
     * @throws GetjException if they differ
     */
    public void check(Entry entry) {
        if (!entry.compressed() && entry.crc() != 0) {
            check(entry, content(entry, 0));
        }
    }

    private void check(Entry entry, MemorySegment content) {
        CRC32 crc = new CRC32();
        long chunk = 1 << 28;
        for (long from = 0; from < content.byteSize(); from += chunk) {
            ByteBuffer buffer =
                    content.asSlice(from, Math.min(chunk, content.byteSize() - from))
                            .asByteBuffer();
            crc.update(buffer);
        }
        if ((int) crc.getValue() != entry.crc()) {
            throw new GetjException(
                    "%s is damaged: the check sum of '%s' does not fit its bytes"
                            .formatted(label, entry.name()));
        }
    }

    private byte[] inflate(Entry entry, MemorySegment compressed) {
        byte[] content = new byte[Math.toIntExact(entry.size())];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(compressed.asByteBuffer());
            int filled = 0;
            while (filled < content.length && !inflater.finished()) {
                int n = inflater.inflate(content, filled, content.length - filled);
                if (n == 0 && !inflater.finished()) {
                    break;
                }
                filled += n;
            }
            boolean more = filled == content.length && inflater.inflate(new byte[1]) > 0;
            if (filled < content.length || more) {
                throw new GetjException(
                        "%s is damaged: '%s' does not unpack to the %s bytes it promises"
                                .formatted(label, entry.name(), entry.size()));
            }
            return content;
        } catch (DataFormatException e) {
            throw new GetjException(
                    "%s is damaged: '%s' cannot be unpacked".formatted(label, entry.name()), e);
        } finally {
            inflater.end();
        }
    }
}
