package dev.getj.data;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.StridedTensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Images of an array [n, S, S, C], [n, C, S, S] or [n, S, S]: bytes 0…255, or floats that are taken
 * as they are; labels from an array of whole numbers [n], if there is one.
 */
final class NpzData implements ImageData {
    private static final List<String> IMAGES = List.of("images", "arr_0", "samples", "data", "x");
    private static final List<String> LABELS = List.of("labels", "label", "arr_1", "y");

    private final NumpyFile file;
    private final StridedTensor images;
    private final boolean channelsLast;
    private final int channels;
    private final int size;
    private final int[] labels;
    private final int classes;

    private NpzData(NumpyFile file, StridedTensor images, int[] labels) {
        this.file = file;
        this.images = images;
        this.labels = labels;
        this.classes = Arrays.stream(labels).max().orElse(-1) + 1;
        long[] shape = images.shape();
        boolean grey = shape.length == 3;
        boolean last =
                shape.length == 4 && (shape[3] == 1 || shape[3] == 3) && shape[1] == shape[2];
        boolean first =
                shape.length == 4 && (shape[1] == 1 || shape[1] == 3) && shape[2] == shape[3];
        boolean square = grey && shape[1] == shape[2];
        boolean read = images.dtype().isFloat() || images.dtype() == DType.U8;
        if (!(last || first || square)
                || !read
                || shape[0] < 1
                || shape[2] < 1
                || shape[2] > 4096) {
            throw new GetjException(
                    "%s is %s %s; bytes or floats of shape [n, S, S, C] or [n, C, S, S], C = 1 or 3, are expected"
                            .formatted(images.label(), images.dtype(), images.shapeText()));
        }
        channelsLast = last;
        channels = grey ? 1 : (int) (last ? shape[3] : shape[1]);
        size = (int) shape[2];
    }

    /**
     * @param imagesName array of the images; null for the first of the usual names
     * @param labelsName array of the labels, likewise; none need be there
     * @throws GetjException if there is no such array, or it has another shape
     */
    static NpzData open(Path path, String imagesName, String labelsName) {
        NumpyFile file = NumpyFile.open(path);
        try {
            String images =
                    imagesName != null
                            ? imagesName
                            : IMAGES.stream()
                                    .filter(file::has)
                                    .findFirst()
                                    .orElse(file.names().iterator().next());
            String labels =
                    labelsName != null
                            ? labelsName
                            : LABELS.stream().filter(file::has).findFirst().orElse(null);
            StridedTensor array = file.array(images);
            return new NpzData(
                    file, array, labels == null ? new int[0] : labels(file.array(labels), array));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static int[] labels(StridedTensor labels, StridedTensor images) {
        long[] shape = labels.shape();
        if (labels.dtype().isFloat()
                || shape.length != 1
                || images.shape().length == 0
                || shape[0] != images.shape()[0]) {
            throw new GetjException(
                    "%s is %s %s; a whole number for each of the images %s is expected"
                            .formatted(
                                    labels.label(),
                                    labels.dtype(),
                                    labels.shapeText(),
                                    images.shapeText()));
        }
        long[] values = labels.longs();
        int[] classes = new int[values.length];
        for (int i = 0; i < classes.length; i++) {
            if (values[i] < 0 || values[i] > Short.MAX_VALUE) {
                throw new GetjException(
                        "%s: label %s of image %s is outside 0 to %s"
                                .formatted(labels.label(), values[i], i, Short.MAX_VALUE));
            }
            classes[i] = (int) values[i];
        }
        return classes;
    }

    @Override
    public String name() {
        return "%s images in %s".formatted(count(), file.path());
    }

    @Override
    public long count() {
        return images.shape()[0];
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void read(long index, float[] target, int at) {
        int elements = elements();
        float[] values = new float[elements];
        if (images.dtype().isFloat()) {
            images.floats(index * elements, values, 0, elements);
        } else {
            byte[] levels = new byte[elements];
            images.copy(index * elements, levels, elements);
            for (int i = 0; i < elements; i++) {
                values[i] = ImageData.ofLevel(Byte.toUnsignedInt(levels[i]));
            }
        }
        int plane = size * size;
        for (int i = 0; i < elements; i++) {
            float value = values[channelsLast ? i % plane * channels + i / plane : i];
            if (!Float.isFinite(value)) {
                throw new GetjException(
                        "%s: image %s holds %s".formatted(images.label(), index, value));
            }
            target[at + i] = value;
        }
    }

    @Override
    public int label(long index) {
        return classes == 0 ? 0 : labels[Math.toIntExact(index)];
    }

    @Override
    public void close() {
        file.close();
    }
}
