package dev.getj.log;

import dev.getj.io.GetjException;
import dev.getj.io.ProtoMessage;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A new file of TensorFlow's records, which follow each other: the length (8 bytes), a masked
 * check sum of these, the content, and a masked check sum of that; all little-endian.
 */
final class RecordFile implements AutoCloseable {
    /** What TensorFlow adds to check sums, so that those of data with check sums inside differ. */
    private static final int MASK_DELTA = 0xa282ead8;

    private static final int MASK_ROTATION = 15;

    private final Path file;
    private final OutputStream out;

    /**
     * @throws GetjException if the file is there already or cannot be written
     */
    RecordFile(Path file) {
        this.file = file;
        try {
            out =
                    new BufferedOutputStream(
                            Files.newOutputStream(
                                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    void add(ProtoMessage content) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            content.writeTo(bytes);
            out.write(framed(bytes.toByteArray()));
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    static byte[] framed(byte[] content) {
        ByteBuffer record =
                ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + content.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(content.length);
        record.putInt(maskedCheckSum(record.array(), Long.BYTES));
        record.put(content);
        record.putInt(maskedCheckSum(content, content.length));
        return record.array();
    }

    private static int maskedCheckSum(byte[] bytes, int length) {
        CRC32C checkSum = new CRC32C();
        checkSum.update(bytes, 0, length);
        return Integer.rotateRight((int) checkSum.getValue(), MASK_ROTATION) + MASK_DELTA;
    }

    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }
}
