package dev.getj.io.torch;

import dev.getj.io.AtomicFile;
import dev.getj.io.StridedTensor;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Collects tensors, then writes them as a {@code state_dict} that {@code torch.load} reads, with
 * {@code weights_only=True} too: the zip form, uncompressed, storages aligned so that PyTorch can
 * map them.
 */
public final class TorchWriter {
    /** Folder of all entries; PyTorch takes any. */
    private static final String FOLDER = "archive/";

    /** Of every entry, so that the same tensors make the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private static final int ALIGNMENT = 64;
    private static final int LOCAL_HEADER_BYTES = 30;

    /** Identifier of the padding field that PyTorch uses, "FB", and its length: four bytes. */
    private static final int PADDING_FIELD_BYTES = 4;

    private final Map<String, StridedTensor> tensors = new LinkedHashMap<>();

    /**
     * Adds a tensor; its elements are read when writing.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public TorchWriter add(String name, StridedTensor tensor) {
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("the tensor name '" + name + "' is taken");
        }
        return this;
    }

    /**
     * Writes everything that was added.
     *
     * @throws dev.getj.io.GetjException if the file cannot be written; nothing is left behind then
     */
    public void write(Path path) {
        AtomicFile.write(path, this::writeTo);
    }

    private void writeTo(OutputStream out) throws IOException {
        Counter counter = new Counter(out);
        ZipOutputStream zip = new ZipOutputStream(counter);
        zip.setMethod(ZipOutputStream.STORED);
        put(zip, counter, "data.pkl", bytes(PickleWriter.stateDict(tensors)));
        put(zip, counter, "byteorder", bytes("little".getBytes(StandardCharsets.US_ASCII)));
        int key = 0;
        for (StridedTensor tensor : tensors.values()) {
            put(zip, counter, "data/" + key++, tensor::writeTo);
        }
        put(zip, counter, "version", bytes("3\n".getBytes(StandardCharsets.US_ASCII)));
        zip.finish();
        zip.flush();
    }

    private static AtomicFile.Content bytes(byte[] content) {
        return out -> out.write(content);
    }

    /** The size and check sum of an entry come before it, so its content is produced twice. */
    private static void put(
            ZipOutputStream zip, Counter counter, String name, AtomicFile.Content content)
            throws IOException {
        CRC32 crc = new CRC32();
        Counter length = new Counter(OutputStream.nullOutputStream());
        content.writeTo(new CheckedOutputStream(length, crc));
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setTimeLocal(TIME);
        entry.setSize(length.written);
        entry.setCompressedSize(length.written);
        entry.setCrc(crc.getValue());
        zip.flush();
        long begin =
                counter.written
                        + LOCAL_HEADER_BYTES
                        + entry.getName().length()
                        + PADDING_FIELD_BYTES;
        byte[] padding = new byte[(int) (PADDING_FIELD_BYTES + Math.floorMod(-begin, ALIGNMENT))];
        padding[0] = 'F';
        padding[1] = 'B';
        padding[2] = (byte) (padding.length - PADDING_FIELD_BYTES);
        entry.setExtra(padding);
        zip.putNextEntry(entry);
        content.writeTo(zip);
        zip.closeEntry();
    }

    private static final class Counter extends FilterOutputStream {
        private long written;

        Counter(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            written += count;
        }
    }
}
