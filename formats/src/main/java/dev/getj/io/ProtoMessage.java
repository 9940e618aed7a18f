package dev.getj.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A message in Protocol Buffers' wire format: fields in the order in which they were added. Its
 * size is known before it is written, as lengths precede contents; large arrays are asked for while
 * writing, one at a time.
 */
public final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int CHUNK_FLOATS = 1 << 14;

    private interface Part {
        long size();

        void writeTo(OutputStream out) throws IOException;
    }

    private record Bytes(byte[] content) implements Part {
        @Override
        public long size() {
            return content.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(content);
        }
    }

    private record Nested(ProtoMessage message) implements Part {
        @Override
        public long size() {
            return message.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            message.writeTo(out);
        }
    }

    private record Floats(long count, Supplier<float[]> values) implements Part {
        @Override
        public long size() {
            return count * Float.BYTES;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            float[] all = values.get();
            if (all.length != count) {
                throw new IllegalStateException(all.length + " floats came instead of " + count);
            }
            ByteBuffer buffer =
                    ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int from = 0; from < all.length; from += CHUNK_FLOATS) {
                int part = Math.min(CHUNK_FLOATS, all.length - from);
                buffer.asFloatBuffer().put(all, from, part);
                out.write(buffer.array(), 0, part * Float.BYTES);
            }
        }
    }

    private final List<Part> parts = new ArrayList<>();

    /** An int32, int64 or enum field. */
    public ProtoMessage integer(int field, long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, key(field, VARINT));
        varint(bytes, value);
        parts.add(new Bytes(bytes.toByteArray()));
        return this;
    }

    /** A float field. */
    public ProtoMessage real(int field, float value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, key(field, FIXED32));
        ByteBuffer content = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.writeBytes(content.putFloat(value).array());
        parts.add(new Bytes(bytes.toByteArray()));
        return this;
    }

    /** A double field. */
    public ProtoMessage real(int field, double value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, key(field, FIXED64));
        ByteBuffer content = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.writeBytes(content.putDouble(value).array());
        parts.add(new Bytes(bytes.toByteArray()));
        return this;
    }

    /** A string field. */
    public ProtoMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A bytes field. */
    public ProtoMessage bytes(int field, byte[] value) {
        return delimited(field, new Bytes(value));
    }

    /** A message field; {@code value} must not change afterwards. */
    public ProtoMessage message(int field, ProtoMessage value) {
        return delimited(field, new Nested(value));
    }

    /** A bytes field of {@code count} little-endian floats, delivered when they are written. */
    public ProtoMessage floats(int field, long count, Supplier<float[]> values) {
        return delimited(field, new Floats(count, values));
    }

    private ProtoMessage delimited(int field, Part content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, key(field, LENGTH_DELIMITED));
        varint(bytes, content.size());
        parts.add(new Bytes(bytes.toByteArray()));
        parts.add(content);
        return this;
    }

    /** Bytes of the whole message. */
    public long size() {
        return parts.stream().mapToLong(Part::size).sum();
    }

    /** Writes all of it. */
    public void writeTo(OutputStream out) throws IOException {
        for (Part part : parts) {
            part.writeTo(out);
        }
    }

    private static long key(int field, int wireType) {
        return (long) field << 3 | wireType;
    }

    // seven bits a byte, the lowest first; all but the last have the eighth set
    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
