package dev.getj.convert;

import dev.getj.io.StridedTensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what {@code torch.save} would of Java's maps, lists, strings, numbers and tensors of
 * floats; pickle operations can be put in between by hand.
 */
public final class SavedTorch {
    /** Operations as they stand in a pickle, which leave one value. */
    public record Operations(String latin1) {}

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<StridedTensor> storages = new ArrayList<>();

    private SavedTorch() {}

    public static Path save(Path file, Object value) throws IOException {
        SavedTorch saved = new SavedTorch();
        saved.raw("\u0080\2");
        saved.put(value);
        saved.raw(".");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            saved.pickle.writeTo(zip);
            for (int i = 0; i < saved.storages.size(); i++) {
                zip.putNextEntry(new ZipEntry("archive/data/" + i));
                saved.storages.get(i).writeTo(zip);
            }
        }
        return file;
    }

    private void put(Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                raw("}(");
                map.forEach(
                        (key, item) -> {
                            put(key);
                            put(item);
                        });
                raw("u");
            }
            case List<?> list -> {
                raw("](");
                list.forEach(this::put);
                raw("e");
            }
            case String text -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                raw("X");
                int32(bytes.length);
                pickle.writeBytes(bytes);
            }
            case Integer number -> {
                raw("J");
                int32(number);
            }
            case Double number -> raw("F" + number + "\n");
            case StridedTensor tensor -> tensor(tensor);
            case Operations operations -> raw(operations.latin1);
            default -> throw new AssertionError(value);
        }
    }

    private void tensor(StridedTensor tensor) {
        raw("ctorch._utils\n_rebuild_tensor_v2\n((");
        put("storage");
        raw("ctorch\nFloatStorage\n");
        put(Integer.toString(storages.size()));
        storages.add(tensor);
        put("cpu");
        put((int) tensor.size());
        raw("tQK\0(");
        long[] shape = tensor.shape();
        for (long size : shape) {
            put((int) size);
        }
        raw("t(");
        int stride = (int) tensor.size();
        for (long size : shape) {
            stride /= (int) size;
            put(stride);
        }
        raw("t\u0089ccollections\nOrderedDict\n)RtR");
    }

    private void int32(int value) {
        for (int b = 0; b < 4; b++) {
            pickle.write(value >>> 8 * b);
        }
    }

    private void raw(String latin1) {
        pickle.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }
}
