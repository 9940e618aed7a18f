package dev.getj.data;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PyValue;
import dev.getj.io.torch.TorchFile;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * Two torch files of the reference's layout: a latent file with a tensor [n, C, S, S], or with the
 * list of it and the one-hot labels [n, K]; and an image file with a tensor like the first. Where
 * the elements lie in the files is noted once; a pair is then read without the files being mapped
 * or their pickles looked at again, so that a set of a million pairs is neither.
 */
final class ReferenceShard implements PairShard {

    /**
     * A tensor in a file.
     *
     * @param position of its first byte; −1 if its elements do not lie there one after the other
     */
    private record Place(Path file, DType dtype, long position, long[] shape) {
        int elements() {
            return (int) (shape[1] * shape[2] * shape[3]);
        }
    }

    private final Place noise;
    private final Place image;
    private final short[] labels;
    private final int classes;

    private ReferenceShard(Place noise, Place image, short[] labels, int classes) {
        this.noise = noise;
        this.image = image;
        this.labels = labels;
        this.classes = classes;
    }

    /**
     * Reads the two pickles and the labels.
     *
     * @throws GetjException naming the file and what in it is no part of a pair set
     */
    static ReferenceShard open(Path latentFile, Path imageFile) {
        Place noise;
        short[] labels = {};
        int classes = 0;
        try (TorchFile file = TorchFile.open(latentFile)) {
            List<PyValue> items = tensors(file);
            if (items.isEmpty() || items.size() > 2) {
                throw new GetjException(
                        latentFile
                                + " holds a list of "
                                + items.size()
                                + "; a tensor, or a list of noise and one-hot labels, is expected");
            }
            noise = place(file, items.getFirst(), "noise");
            if (items.size() == 2) {
                StridedTensor oneHot = tensor(file, items.getLast(), "labels");
                labels = labels(file, oneHot, noise.shape[0]);
                classes = (int) oneHot.shape()[1];
            }
        }
        try (TorchFile file = TorchFile.open(imageFile)) {
            Place image = place(file, file.root(), "images");
            if (!Arrays.equals(image.shape, noise.shape)) {
                throw new GetjException(
                        "%s holds images %s, but %s holds noise %s"
                                .formatted(
                                        imageFile,
                                        Arrays.toString(image.shape),
                                        latentFile,
                                        Arrays.toString(noise.shape)));
            }
            return new ReferenceShard(noise, image, labels, classes);
        }
    }

    /** The items of a list, or the one value that a file holds. */
    private static List<PyValue> tensors(TorchFile file) {
        return switch (file.root()) {
            case PyValue.PyList list -> list.items();
            case PyValue.Tuple tuple -> tuple.items();
            case PyValue other -> List.of(other);
        };
    }

    private static Place place(TorchFile file, PyValue value, String name) {
        StridedTensor tensor = tensor(file, value, name);
        long[] shape = tensor.shape();
        boolean fits =
                tensor.dtype().isFloat()
                        && shape.length == 4
                        && shape[0] >= 1
                        && shape[1] >= 1
                        && shape[2] >= 1
                        && shape[2] == shape[3]
                        && tensor.size() / shape[0] <= 1 << 28;
        if (!fits) {
            throw new GetjException(
                    "%s holds %s %s as %s; floats of shape [n, C, S, S] are expected"
                            .formatted(file.path(), tensor.dtype(), tensor.shapeText(), name));
        }
        return new Place(file.path(), tensor.dtype(), file.position(tensor), shape);
    }

    private static StridedTensor tensor(TorchFile file, PyValue value, String name) {
        if (!(value instanceof PyValue.Tensor found)) {
            throw new GetjException(
                    "%s holds no tensor where its %s should be".formatted(file.path(), name));
        }
        StridedTensor tensor = file.tensor(name, found);
        if (tensor.size() > file.elements(found)) {
            throw new GetjException(
                    "%s, of shape %s, repeats its elements"
                            .formatted(tensor.label(), tensor.shapeText()));
        }
        return tensor;
    }

    private static short[] labels(TorchFile file, StridedTensor oneHot, long count) {
        long[] shape = oneHot.shape();
        if (shape.length != 2 || shape[0] != count || shape[1] < 1 || shape[1] > Short.MAX_VALUE) {
            throw new GetjException(
                    "%s: labels have shape %s, one-hot [%s, K] is expected"
                            .formatted(file.path(), oneHot.shapeText(), count));
        }
        int classes = (int) shape[1];
        float[] values = oneHot.dtype().isFloat() ? oneHot.floats() : toFloats(oneHot.longs());
        short[] labels = new short[Math.toIntExact(count)];
        for (int row = 0; row < labels.length; row++) {
            int ones = 0;
            int others = 0;
            for (int k = 0; k < classes; k++) {
                float value = values[row * classes + k];
                if (value == 1) {
                    ones++;
                    labels[row] = (short) k;
                } else if (value != 0) {
                    others++;
                }
            }
            if (ones != 1 || others != 0) {
                throw new GetjException(
                        "%s: the label of pair %s is not one-hot: %s ones among %s numbers, %s that are neither 0 nor 1"
                                .formatted(file.path(), row, ones, classes, others));
            }
        }
        return labels;
    }

    private static float[] toFloats(long[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    /**
     * Compares the check sums of all data.
     *
     * @throws GetjException if one does not fit
     */
    void check() {
        for (Path path : List.of(noise.file, image.file)) {
            try (TorchFile file = TorchFile.open(path)) {
                tensors(file).forEach(value -> tensor(file, value, "pairs"));
                file.check();
            }
        }
    }

    int channels() {
        return (int) noise.shape[1];
    }

    int size() {
        return (int) noise.shape[2];
    }

    /** K of the one-hot labels, 0 without. */
    int classes() {
        return classes;
    }

    @Override
    public long count() {
        return noise.shape[0];
    }

    @Override
    public Path noiseFile() {
        return noise.file;
    }

    @Override
    public Path imageFile() {
        return image.file;
    }

    @Override
    public void noise(long first, float[] target, int at, int count) {
        read(noise, first, target, at, count);
    }

    @Override
    public void image(long first, float[] target, int at, int count) {
        read(image, first, target, at, count);
    }

    private static void read(Place place, long first, float[] target, int at, int count) {
        int elements = place.elements();
        if (place.position < 0) {
            readThroughPickle(place, first * elements, target, at, count * elements);
            return;
        }
        int width = place.dtype.bytes();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count * elements, width));
        try (FileChannel channel = FileChannel.open(place.file, StandardOpenOption.READ)) {
            long position = place.position + first * elements * width;
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, position + bytes.position()) < 0) {
                    throw new EOFException("it has become shorter since it was opened");
                }
            }
        } catch (IOException e) {
            throw GetjException.reading(place.file, e);
        }
        long[] shape = {(long) count * elements};
        StridedTensor.rowMajor(
                        place.file.toString(),
                        place.dtype,
                        shape,
                        MemorySegment.ofArray(bytes.array()))
                .floats(0, target, at, count * elements);
    }

    /** For a tensor that is compressed, or a view: rare, and slower. */
    private static void readThroughPickle(
            Place place, long first, float[] target, int at, int count) {
        try (TorchFile file = TorchFile.open(place.file)) {
            StridedTensor tensor = tensor(file, tensors(file).getFirst(), "pairs");
            if (!Arrays.equals(tensor.shape(), place.shape)) {
                throw new GetjException(place.file + " has changed since it was opened");
            }
            tensor.floats(first, target, at, count);
        }
    }

    @Override
    public int label(long pair) {
        return labels[(int) pair];
    }

    @Override
    public void close() {
        // no file stays open
    }
}
