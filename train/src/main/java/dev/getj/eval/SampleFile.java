package dev.getj.eval;

import dev.getj.data.ImageData;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Images that {@code getj sample --out} or {@code getj teacher sample --out} wrote: {@code image}
 * [n, C, S, S] and, of a conditional model, {@code label} [n].
 */
public final class SampleFile implements ImageData {
    private final SafetensorsFile file;
    private final long[] shape;
    private final long[] labels;
    private final int classes;

    private SampleFile(SafetensorsFile file) {
        this.file = file;
        shape = file.entry("image").shape();
        if (shape.length != 4 || shape[0] < 1 || shape[2] != shape[3] || shape[1] < 1) {
            throw new GetjException(
                    "%s: image has shape %s, [n, C, S, S] is expected"
                            .formatted(file.path(), Arrays.toString(shape)));
        }
        if (shape[1] * shape[2] * shape[3] > Integer.MAX_VALUE) {
            throw new GetjException(file.path() + ": an image of it is more than one array holds");
        }
        labels = file.has("label") ? file.longs("label") : null;
        if (labels == null) {
            classes = 0;
            return;
        }
        long most = Arrays.stream(labels).max().orElse(-1);
        long least = Arrays.stream(labels).min().orElse(-1);
        if (labels.length != shape[0] || least < 0 || most >= 1 << 16) {
            throw new GetjException(
                    "%s: its %s labels from %s to %s are none of its %s images"
                            .formatted(file.path(), labels.length, least, most, shape[0]));
        }
        classes = (int) most + 1;
    }

    /**
     * @throws GetjException if it holds no images
     */
    public static SampleFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new SampleFile(file);
        } catch (RuntimeException problem) {
            file.close();
            throw problem;
        }
    }

    @Override
    public String name() {
        return "%s images of %s".formatted(count(), file.path());
    }

    @Override
    public long count() {
        return shape[0];
    }

    @Override
    public int channels() {
        return (int) shape[1];
    }

    @Override
    public int size() {
        return (int) shape[2];
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void read(long index, float[] target, int at) {
        file.floats("image", index * elements(), target, at, elements());
    }

    @Override
    public int label(long index) {
        return labels == null ? 0 : (int) labels[Math.toIntExact(index)];
    }

    @Override
    public void close() {
        file.close();
    }
}
