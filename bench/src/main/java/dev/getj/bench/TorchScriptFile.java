package dev.getj.bench;

import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a network with its weights as {@code torch.jit.save} does, so that libtorch runs it
 * without Python: an uncompressed zip archive of the module's source, its attributes as a pickle,
 * and a file of floats for each tensor.
 */
final class TorchScriptFile {
    private static final String FOLDER = "get/";

    /** PyTorch's version of the archive in which {@code gelu} has the arguments of today. */
    private static final String VERSION = "10\n";

    /** An empty tuple: the sources name no constants. */
    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private TorchScriptFile() {}

    /**
     * Writes the module of {@link TorchScript}.
     *
     * @throws IOException if the file cannot be written
     */
    static void write(ModelConfig config, Parameters weights, int iterations, Path file)
            throws IOException {
        List<ParameterTable.Entry> entries = weights.table().entries();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "data.pkl", attributes(entries));
            put(
                    zip,
                    "code/__torch__.py",
                    TorchScript.source(config, iterations).getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", NO_CONSTANTS);
            put(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < entries.size(); i++) {
                float[] values = weights.tensor(entries.get(i).name()).get();
                ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
                bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
                put(zip, "data/" + i, bytes.array());
            }
        }
    }

    // the size and check sum of an uncompressed entry come before it
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    // the pickle, protocol 2, of an object of the module's class and its attributes
    private static byte[] attributes(List<ParameterTable.Entry> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2});
        global(out, "__torch__", TorchScript.CLASS);
        out.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
        text(out, "training");
        out.write(0x89);
        for (int i = 0; i < entries.size(); i++) {
            text(out, TorchScript.attribute(entries.get(i).name()));
            tensor(out, i, entries.get(i));
        }
        out.writeBytes(new byte[] {'u', 'b', '.'});
        return out.toByteArray();
    }

    // _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())
    private static void tensor(ByteArrayOutputStream out, int key, ParameterTable.Entry entry) {
        global(out, "torch._utils", "_rebuild_tensor_v2");
        out.writeBytes(new byte[] {'(', '('});
        text(out, "storage");
        global(out, "torch", "FloatStorage");
        text(out, Integer.toString(key));
        text(out, "cpu");
        integer(out, entry.size());
        out.writeBytes(new byte[] {'t', 'Q'});
        integer(out, 0);
        int[] shape = entry.shape().stream().mapToInt(Integer::intValue).toArray();
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        tuple(out, shape);
        tuple(out, strides);
        out.write(0x89);
        global(out, "collections", "OrderedDict");
        out.writeBytes(new byte[] {')', 'R', 't', 'R'});
    }

    private static void tuple(ByteArrayOutputStream out, int[] values) {
        out.write('(');
        for (int value : values) {
            integer(out, value);
        }
        out.write('t');
    }

    private static void integer(ByteArrayOutputStream out, int value) {
        out.write('J');
        out.writeBytes(int32(value));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(int32(bytes.length));
        out.writeBytes(bytes);
    }

    private static void global(ByteArrayOutputStream out, String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
