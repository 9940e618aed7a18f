package dev.getj.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads event files by the published formats, sharing no code with what writes them: records
 * (tensorflow/core/lib/io/record_writer.h) of protocol buffer messages
 * (tensorflow/core/util/event.proto).
 */
final class EventReader {
    private EventReader() {}

    /**
     * A field of a message.
     *
     * @param value a Long of a varint, Double or Float of a fixed width, byte[] of a length
     */
    record Field(int number, Object value) {
        List<Field> message() {
            return fields((byte[]) value);
        }

        String text() {
            return new String((byte[]) value, StandardCharsets.UTF_8);
        }
    }

    /** The events of a file, after its check sums were compared. */
    static List<List<Field>> events(byte[] file) {
        List<List<Field>> events = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(masked(length), in.getInt() & 0xFFFFFFFFL);
            byte[] content = new byte[(int) ByteBuffer.wrap(length).order(in.order()).getLong()];
            in.get(content);
            assertEquals(masked(content), in.getInt() & 0xFFFFFFFFL);
            events.add(fields(content));
        }
        return events;
    }

    /** CRC-32C bit by bit, then masked as in tensorflow/core/lib/hash/crc32c.h. */
    private static long masked(byte[] bytes) {
        long crc = 0xFFFFFFFFL;
        for (byte b : bytes) {
            crc ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 1 ? crc >>> 1 ^ 0x82F63B78L : crc >>> 1;
            }
        }
        crc ^= 0xFFFFFFFFL;
        return (crc >>> 15 | crc << 17 & 0xFFFFFFFFL) + 0xA282EAD8L & 0xFFFFFFFFL;
    }

    static List<Field> fields(byte[] message) {
        List<Field> fields = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long key = varint(in);
            Object value =
                    switch ((int) (key & 7)) {
                        case 0 -> varint(in);
                        case 1 -> in.getDouble();
                        case 2 -> {
                            byte[] bytes = new byte[(int) varint(in)];
                            in.get(bytes);
                            yield bytes;
                        }
                        case 5 -> in.getFloat();
                        default -> throw new AssertionError(HexFormat.of().formatHex(message));
                    };
            fields.add(new Field((int) (key >>> 3), value));
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    static Field only(List<Field> message, int number) {
        List<Field> found = message.stream().filter(f -> f.number == number).toList();
        assertEquals(1, found.size(), "fields " + number);
        return found.getFirst();
    }
}
