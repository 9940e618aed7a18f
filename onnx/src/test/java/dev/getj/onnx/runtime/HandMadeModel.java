package dev.getj.onnx.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The denoiser {@code gain · x / (1 + σ²)} as an ONNX model, written field by field: with inputs of
 * any type, further inputs, and the gain in a file beside it.
 */
final class HandMadeModel {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    static final int STRING = 8;
    static final int FLOAT16 = 10;
    static final int BFLOAT16 = 16;

    private final ByteArrayOutputStream inputs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream nodes = new ByteArrayOutputStream();
    private final int type;
    private String external;

    /**
     * @param type of images, noise levels and the output
     */
    HandMadeModel(int type) {
        this.type = type;
        input("x", type, -1, 1, 2, 2);
        input("sigma", type, -1);
        node("Cast", "xf", field(1, "to", 20, 2, 3, 1), "x");
        node("Cast", "sf", field(1, "to", 20, 2, 3, 1), "sigma");
        node("Reshape", "s4", new byte[0], "sf", "shape");
        node("Mul", "s2", new byte[0], "s4", "s4");
        node("Add", "s3", new byte[0], "s2", "one");
        node("Div", "d0", new byte[0], "xf", "s3");
        node("Mul", "d1", new byte[0], "d0", "gain");
    }

    /** An input that is not used, −1 for a dimension that is told later. */
    HandMadeModel input(String name, int type, int... shape) {
        ByteArrayOutputStream dimensions = new ByteArrayOutputStream();
        for (int size : shape) {
            byte[] dimension = size < 0 ? field(2, "batch") : field(1, size);
            dimensions.writeBytes(field(1, dimension));
        }
        byte[] tensor = join(field(1, type), field(2, dimensions.toByteArray()));
        inputs.writeBytes(field(11, join(field(1, name), field(2, field(1, tensor)))));
        return this;
    }

    /** Puts the gain, four bytes, into a file of this name, which is not written here. */
    HandMadeModel external(String location) {
        external = location;
        return this;
    }

    Path write(Path file) throws IOException {
        node("Cast", "denoised", field(1, "to", 20, 2, 3, type), "d1");
        byte[] gain =
                external == null
                        ? field(9, floats(1))
                        : join(
                                field(13, join(field(1, "location"), field(2, external))),
                                field(13, join(field(1, "offset"), field(2, "0"))),
                                field(13, join(field(1, "length"), field(2, "4"))),
                                field(14, 1));
        byte[] shape =
                ByteBuffer.allocate(32)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(-1)
                        .putLong(1)
                        .putLong(1)
                        .putLong(1)
                        .array();
        byte[] graph =
                join(
                        nodes.toByteArray(),
                        field(2, "g"),
                        tensor("shape", INT64, 4, field(9, shape)),
                        tensor("one", FLOAT, 1, field(9, floats(1))),
                        tensor("gain", FLOAT, 1, gain),
                        inputs.toByteArray(),
                        output());
        Files.write(file, join(field(1, 8), field(7, graph), field(8, field(2, 17))));
        return file;
    }

    private byte[] output() {
        byte[] tensor = field(1, type);
        return field(12, join(field(1, "denoised"), field(2, field(1, tensor))));
    }

    private static byte[] tensor(String name, int type, int size, byte[] data) {
        return field(5, join(field(1, size), field(2, type), field(8, name), data));
    }

    private void node(String operator, String output, byte[] attribute, String... from) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        for (String input : from) {
            node.writeBytes(field(1, input));
        }
        node.writeBytes(join(field(2, output), field(4, operator)));
        if (attribute.length > 0) {
            node.writeBytes(field(5, attribute));
        }
        nodes.writeBytes(field(1, node.toByteArray()));
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    // ---- the wire format -----------------------------------------------------------------------

    /** Pairs of field number and text, number or message. */
    static byte[] field(Object... pairs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < pairs.length; i += 2) {
            int number = (Integer) pairs[i];
            switch (pairs[i + 1]) {
                case Integer value -> out.writeBytes(join(varint(number << 3), varint(value)));
                case String text ->
                        out.writeBytes(delimited(number, text.getBytes(StandardCharsets.UTF_8)));
                case byte[] message -> out.writeBytes(delimited(number, message));
                default -> throw new AssertionError(pairs[i + 1]);
            }
        }
        return out.toByteArray();
    }

    private static byte[] delimited(int number, byte[] content) {
        return join(varint(number << 3 | 2), varint(content.length), content);
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (value > 127) {
            out.write((int) (value & 127 | 128));
            value >>>= 7;
        }
        out.write((int) value);
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
