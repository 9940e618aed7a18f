package dev.getj.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A batch of CIFAR's python version, as Python 2 pickled it with protocol 2: a dict of text, a list
 * of labels and an array of bytes [n, 3072].
 */
final class PickledBatch {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PickledBatch() {}

    /**
     * @param labels keys of the labels, such as {@code labels}; the value of image i is {@code
     *     (first + i) % classes} of each
     */
    static byte[] of(byte[] pixels, int first, String[] labels, int... classes) {
        int count = pixels.length / 3072;
        PickledBatch to = new PickledBatch();
        to.bytes(0x80, 2).text("}q\u0001(");
        to.string("batch_label").string("training batch 1 of 5");
        for (int i = 0; i < labels.length; i++) {
            to.string(labels[i]).text("](");
            for (int image = 0; image < count; image++) {
                to.bytes('K', (first + image) % classes[i]);
            }
            to.text("e");
        }
        to.string("data").text("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n");
        to.bytes('K', 0, 0x85).string("b").bytes(0x87, 'R', '(', 'K', 1);
        to.bytes('M', count & 0xFF, count >> 8, 'M', 0x00, 0x0C, 0x86);
        to.text("cnumpy\ndtype\n").string("u1").bytes('K', 0, 'K', 1, 0x87, 'R', '(', 'K', 3);
        to.string("|").text("NNN").bytes('J', 255, 255, 255, 255, 'J', 255, 255, 255, 255);
        to.bytes('K', 0).text("tb").bytes(0x89);
        to.text("T").int32(pixels.length);
        to.out.writeBytes(pixels);
        to.text("tbu.");
        return to.out.toByteArray();
    }

    private PickledBatch bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    private PickledBatch text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    private PickledBatch string(String text) {
        return bytes('U', text.length()).text(text);
    }

    private void int32(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }
}
