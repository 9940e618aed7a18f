package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directory at the end of a zip archive, checked against the file: PKWARE's APPNOTE, sections
 * 4.3 and 4.5.3, of one part and with 64-bit sizes.
 */
final class ZipDirectory {
    private static final ValueLayout.OfShort SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int END_64_BYTES = 56;
    private static final int LOCATOR_64_BYTES = 20;

    /** Three times ImageNet's pictures, the largest data set that is kept in one archive. */
    static final int MAX_ENTRIES = 1 << 22;

    /**
     * Java's memory for an entry beside its name: the entry, a string, its array and a place in the
     * table, objects at multiples of 64 bytes.
     */
    private static final long ENTRY_MEMORY = 320;

    /** Deflate turns a byte into at most 1032. */
    private static final long MAX_EXPANSION = 1032;

    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED = 1;

    private ZipDirectory() {}

    /** True if {@code file} begins as a zip archive does. */
    static boolean begins(MemorySegment file) {
        return file.byteSize() >= END_BYTES
                && (file.get(INT, 0) == LOCAL || file.get(INT, 0) == END);
    }

    /** What is wrong with an archive, without its name. */
    static final class Damage extends Exception {
        private static final long serialVersionUID = 1;

        Damage(String message) {
            super(message);
        }
    }

    /** An archive that is sound as far as was read, without its name. */
    static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }

    private record End(long offset, long bytes, long entries) {}

    /**
     * All entries by name, in the order of the directory.
     *
     * @param memory bytes of Java's memory that they may take
     * @throws TooLarge if they are too many
     */
    static Map<String, ZipArchive.Entry> read(MemorySegment file, long memory)
            throws Damage, TooLarge {
        End directory = end(file);
        if (directory.entries < 0
                || directory.offset < 0
                || directory.bytes < 0
                || directory.offset > file.byteSize() - directory.bytes
                || directory.entries > directory.bytes / CENTRAL_BYTES) {
            throw new Damage(
                    "a directory of %s entries and %s bytes at byte %s does not fit a file of %s bytes"
                            .formatted(
                                    directory.entries,
                                    directory.bytes,
                                    directory.offset,
                                    file.byteSize()));
        }
        requireRoom(directory, memory);
        MemorySegment bytes = file.asSlice(directory.offset, directory.bytes);
        List<ZipArchive.Entry> all = new ArrayList<>();
        long at = 0;
        for (long i = 0; i < directory.entries; i++) {
            if (at > bytes.byteSize() - CENTRAL_BYTES || bytes.get(INT, at) != CENTRAL) {
                throw new Damage("entry " + i + " of its directory is not there");
            }
            long names = at + CENTRAL_BYTES;
            int nameBytes = unsigned16(bytes, at + 28);
            int extraBytes = unsigned16(bytes, at + 30);
            long next = names + nameBytes + extraBytes + unsigned16(bytes, at + 32);
            if (next > bytes.byteSize()) {
                throw new Damage("entry " + i + " of its directory reaches beyond its end");
            }
            all.add(entry(file, bytes, at, nameBytes, extraBytes, directory.offset));
            at = next;
        }
        requireApart(all);
        Map<String, ZipArchive.Entry> byName = new LinkedHashMap<>();
        for (ZipArchive.Entry entry : all) {
            if (byName.put(entry.name(), entry) != null) {
                throw new Damage("it holds '" + entry.name() + "' twice");
            }
        }
        return Collections.unmodifiableMap(byName);
    }

    private static void requireRoom(End directory, long memory) throws TooLarge {
        if (directory.entries > MAX_ENTRIES) {
            throw new TooLarge(
                    "it holds %s files, more than the %s that are read; split it, or unpack it to a folder"
                            .formatted(directory.entries, MAX_ENTRIES));
        }
        // a byte of a name becomes at most one character
        long needed = directory.entries * ENTRY_MEMORY + directory.bytes * Character.BYTES;
        if (needed > memory) {
            throw new TooLarge(
                    "its directory of %s files takes %s MiB of Java's memory, and %s may be used; raise the limit with -Xmx"
                            .formatted(directory.entries, needed >> 20, memory >> 20));
        }
    }

    private static End end(MemorySegment file) throws Damage {
        long last = file.byteSize() - END_BYTES;
        for (long at = last; at >= Math.max(0, last - 0xFFFF); at--) {
            if (file.get(INT, at) == END && unsigned16(file, at + 20) == last - at) {
                End directory =
                        new End(
                                unsigned32(file, at + 16),
                                unsigned32(file, at + 12),
                                unsigned16(file, at + 10));
                long locator = at - LOCATOR_64_BYTES;
                return locator >= 0 && file.get(INT, locator) == LOCATOR_64
                        ? end64(file, file.get(LONG, locator + 8))
                        : directory;
            }
        }
        throw new Damage("the directory at its end is missing; it is truncated");
    }

    private static End end64(MemorySegment file, long at) throws Damage {
        if (at < 0 || at > file.byteSize() - END_64_BYTES || file.get(INT, at) != END_64) {
            throw new Damage("the 64-bit end of its directory is not at byte " + at);
        }
        return new End(file.get(LONG, at + 48), file.get(LONG, at + 40), file.get(LONG, at + 32));
    }

    private static ZipArchive.Entry entry(
            MemorySegment file,
            MemorySegment directory,
            long at,
            int nameBytes,
            int extraBytes,
            long limit)
            throws Damage {
        String name =
                new String(
                        directory.asSlice(at + CENTRAL_BYTES, nameBytes).toArray(JAVA_BYTE),
                        StandardCharsets.UTF_8);
        int flags = unsigned16(directory, at + 8);
        int method = unsigned16(directory, at + 10);
        if ((flags & ENCRYPTED) != 0 || method != STORED && method != DEFLATED) {
            throw new Damage(
                    "'%s' is %s, which is not read"
                            .formatted(
                                    name,
                                    (flags & ENCRYPTED) != 0
                                            ? "encrypted"
                                            : "packed by method " + method));
        }
        long[] sizes = {
            unsigned32(directory, at + 24),
            unsigned32(directory, at + 20),
            unsigned32(directory, at + 42)
        };
        wide(directory, at + CENTRAL_BYTES + nameBytes, extraBytes, sizes);
        long size = sizes[0];
        long stored = sizes[1];
        long header = sizes[2];
        if (header < 0 || header > limit - LOCAL_BYTES || file.get(INT, header) != LOCAL) {
            throw new Damage("'" + name + "' does not begin at byte " + header);
        }
        long offset =
                header
                        + LOCAL_BYTES
                        + unsigned16(file, header + 26)
                        + unsigned16(file, header + 28);
        if (stored < 0 || size < 0 || offset > limit || stored > limit - offset) {
            throw new Damage(
                    "'%s' would have %s bytes from byte %s, beyond what is there"
                            .formatted(name, stored, offset));
        }
        if (method == STORED ? size != stored : (size - 64) / MAX_EXPANSION > stored) {
            throw new Damage(
                    "'%s' cannot have %s bytes, packed into %s".formatted(name, size, stored));
        }
        return new ZipArchive.Entry(
                name,
                method == DEFLATED,
                directory.get(INT, at + 16),
                header,
                offset,
                stored,
                size);
    }

    /** Replaces sizes of 2³²−1 by those of the 64-bit extension, in its fixed order. */
    private static void wide(MemorySegment directory, long at, int extraBytes, long[] sizes)
            throws Damage {
        long end = at + extraBytes;
        while (at + 4 <= end) {
            int id = unsigned16(directory, at);
            long next = at + 4 + unsigned16(directory, at + 2);
            if (id == 1) {
                long field = at + 4;
                for (int i = 0; i < sizes.length; i++) {
                    if (sizes[i] == 0xFFFFFFFFL) {
                        if (field + Long.BYTES > Math.min(next, end)) {
                            throw new Damage("its directory lacks a 64-bit size");
                        }
                        sizes[i] = directory.get(LONG, field);
                        field += Long.BYTES;
                    }
                }
                return;
            }
            at = next;
        }
    }

    private static void requireApart(List<ZipArchive.Entry> entries) throws Damage {
        List<ZipArchive.Entry> ordered = new ArrayList<>(entries);
        ordered.sort(Comparator.comparingLong(ZipArchive.Entry::header));
        for (int i = 1; i < ordered.size(); i++) {
            ZipArchive.Entry before = ordered.get(i - 1);
            if (before.offset() + before.stored() > ordered.get(i).header()) {
                throw new Damage(
                        "'%s' and '%s' overlap".formatted(before.name(), ordered.get(i).name()));
            }
        }
    }

    private static int unsigned16(MemorySegment bytes, long at) {
        return Short.toUnsignedInt(bytes.get(SHORT, at));
    }

    private static long unsigned32(MemorySegment bytes, long at) {
        return Integer.toUnsignedLong(bytes.get(INT, at));
    }
}
