package dev.getj.io.torch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.getj.io.GetjException;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read one argument after the other; never beyond their end. */
final class PickleBytes {
    private static final int LONGEST_LINE = 4096;

    private final String label;
    private final MemorySegment bytes;
    private long position;

    /** Position of the operation that is being carried out, for error messages. */
    private long operation;

    PickleBytes(String label, MemorySegment bytes, long position) {
        this.label = label;
        this.bytes = bytes;
        this.position = position;
    }

    long position() {
        return position;
    }

    /** The next operation. */
    int operation() {
        operation = position;
        return unsigned8();
    }

    int unsigned8() {
        return Byte.toUnsignedInt(bytes.get(JAVA_BYTE, take(1)));
    }

    int unsigned16() {
        return unsigned8() | unsigned8() << 8;
    }

    int int32() {
        return bytes.get(JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), take(4));
    }

    long unsigned32() {
        return Integer.toUnsignedLong(int32());
    }

    long int64() {
        return bytes.get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), take(8));
    }

    double real() {
        return bytes.get(JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), take(8));
    }

    byte[] bytes(long count) {
        if (count < 0 || count > Integer.MAX_VALUE - 16) {
            throw refuse("it would hold a string of " + Long.toUnsignedString(count) + " bytes");
        }
        return bytes.asSlice(take(count), count).toArray(JAVA_BYTE);
    }

    String text(long count) {
        return new String(bytes(count), StandardCharsets.UTF_8);
    }

    /** Text up to the end of a line, without that. */
    String line() {
        long from = position;
        while (unsigned8() != '\n') {
            if (position - from > LONGEST_LINE) {
                throw refuse("a line has more than " + LONGEST_LINE + " bytes");
            }
        }
        return new String(
                bytes.asSlice(from, position - 1 - from).toArray(JAVA_BYTE),
                StandardCharsets.UTF_8);
    }

    private long take(long count) {
        if (count > bytes.byteSize() - position) {
            throw refuse("it ends in the middle");
        }
        long at = position;
        position += count;
        return at;
    }

    /** What to throw when the current operation cannot be carried out. */
    GetjException refuse(String what) {
        return new GetjException("%s, byte %s: %s".formatted(label, operation, what));
    }
}
