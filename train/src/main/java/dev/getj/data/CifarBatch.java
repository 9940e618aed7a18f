package dev.getj.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PickleFile;
import dev.getj.io.torch.PyValue;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The images of one file of CIFAR.
 *
 * @param bytes in which image i has its pixels, [3, 32, 32], from byte {@code first + i · stride}
 * @param labels one an image
 */
record CifarBatch(MemorySegment bytes, long first, long stride, byte[] labels) {
    static final int SIZE = 32;
    static final int CHANNELS = 3;
    static final int PIXELS = CHANNELS * SIZE * SIZE;

    /** CIFAR has 60,000. */
    private static final int MOST = 1 << 20;

    /**
     * A file of the binary version, read where it lies.
     *
     * @throws GetjException if it is damaged
     */
    static CifarBatch ofBinary(String label, MemorySegment file, CifarKind kind) {
        int record = kind.binary().labelBytes() + PIXELS;
        long bytes = file.byteSize();
        if (bytes == 0 || bytes % record != 0) {
            throw new GetjException(
                    "%s has %s bytes, which is not a number of records of %s"
                            .formatted(label, bytes, record));
        }
        requireCount(label, bytes / record);
        byte[] labels = new byte[(int) (bytes / record)];
        for (int i = 0; i < labels.length; i++) {
            byte value = file.get(JAVA_BYTE, (long) i * record + kind.binary().label());
            labels[i] = checked(label, i, Byte.toUnsignedInt(value), kind);
        }
        return new CifarBatch(file, kind.binary().labelBytes(), record, labels);
    }

    /**
     * A file of the python version: a pickle, read as data and never run.
     *
     * @throws GetjException if it is damaged or holds something else
     */
    static CifarBatch ofPython(String label, MemorySegment file, CifarKind kind) {
        if (!(PickleFile.read(label, file) instanceof PyValue.Dict batch)) {
            throw new GetjException(label + " is no batch of CIFAR: a pickled dict is expected");
        }
        String key = kind.python().labels();
        if (!(batch.get("data") instanceof PyValue.Array array) || !array.readable()) {
            throw new GetjException(label + " is no batch of CIFAR: it holds no array 'data'");
        }
        StridedTensor pixels = array.tensor(label + ", data");
        long[] shape = pixels.shape();
        if (pixels.dtype() != DType.U8 || shape.length != 2 || shape[1] != PIXELS) {
            throw new GetjException(
                    "%s is %s %s; bytes of shape [n, %s] are expected"
                            .formatted(pixels.label(), pixels.dtype(), pixels.shapeText(), PIXELS));
        }
        requireCount(label, shape[0]);
        if (!(batch.get(key) instanceof PyValue.PyList list) || list.items().size() != shape[0]) {
            throw new GetjException(
                    "%s holds no list '%s' of %s labels; is it %s?"
                            .formatted(label, key, shape[0], kind.title()));
        }
        byte[] labels = labels(label, list.items(), kind);
        byte[] bytes = new byte[Math.toIntExact(pixels.bytes())];
        pixels.copy(0, bytes, bytes.length);
        return new CifarBatch(MemorySegment.ofArray(bytes), 0, PIXELS, labels);
    }

    private static byte[] labels(String label, List<PyValue> items, CifarKind kind) {
        byte[] labels = new byte[items.size()];
        for (int i = 0; i < labels.length; i++) {
            if (!(items.get(i) instanceof PyValue.Int(long value))) {
                throw new GetjException(label + ": the label of image " + i + " is no number");
            }
            labels[i] = checked(label, i, value, kind);
        }
        return labels;
    }

    private static void requireCount(String label, long count) {
        if (count < 1 || count > MOST) {
            throw new GetjException(
                    "%s holds %s images, which no batch of CIFAR does".formatted(label, count));
        }
    }

    private static byte checked(String file, int image, long label, CifarKind kind) {
        if (label < 0 || label >= kind.classes()) {
            throw new GetjException(
                    "%s: image %s has the label %s, outside 0 to %s; is it %s?"
                            .formatted(file, image, label, kind.classes() - 1, kind.title()));
        }
        return (byte) label;
    }

    int count() {
        return labels.length;
    }
}
