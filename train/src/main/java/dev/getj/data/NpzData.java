package dev.getj.data;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.StridedTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of an array [n, S, S, C], [n, C, S, S] or [n, S, S]: whole numbers 0…255, or floats that
 * are taken as they are, or values of another range that was named; labels from a second array, if
 * there is one.
 */
final class NpzData implements ImageData {
    /**
     * What the user named; null where nothing was.
     *
     * @param images name of an array
     * @param labels name of an array
     * @param split part of the data
     * @param first the label that is class 0
     * @param range which values are black and white
     */
    record Choice(String images, String labels, String split, Long first, ValueRange range) {}

    private final NumpyFile file;
    private final ArrayNames names;
    private final StridedTensor images;
    private final ArrayForm form;
    private final Labels labels;
    private final ValueRange range;
    private final boolean rangeNamed;

    private NpzData(NumpyFile file, Choice choice) {
        this.file = file;
        names = ArrayNames.of(file, choice.images, choice.labels, choice.split);
        images = file.array(names.images());
        form =
                ArrayForm.of(images)
                        .orElseThrow(
                                () ->
                                        new GetjException(
                                                "%s is %s %s; bytes or floats of shape [n, S, S, C] or [n, C, S, S], C = 1 or 3, are expected"
                                                        .formatted(
                                                                images.label(),
                                                                images.dtype(),
                                                                images.shapeText())));
        labels =
                names.labels() == null
                        ? Labels.NONE
                        : ArrayLabels.of(file.array(names.labels()), count(), choice.first);
        rangeNamed = choice.range != null;
        range = rangeNamed ? choice.range : usual(images);
    }

    private static ValueRange usual(StridedTensor images) {
        return switch (images.dtype()) {
            case BOOL -> new ValueRange(0, 1);
            default -> images.dtype().isFloat() ? ValueRange.SIGNED : ValueRange.LEVELS;
        };
    }

    /**
     * @throws GetjException if there is no such array, or it has another shape
     */
    static NpzData open(Path path, Choice choice) {
        NumpyFile file = NumpyFile.open(path);
        try {
            return new NpzData(file, choice);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "%s images in %s".formatted(count(), file.path());
    }

    @Override
    public DataSummary summary() {
        List<String> notes = new ArrayList<>();
        notes.add(
                "images from %s (%s %s)"
                        .formatted(names.images(), images.dtype(), images.shapeText()));
        if (names.labels() != null) {
            notes.add("labels from " + names.labels());
        }
        notes.addAll(labels.notes());
        if (rangeNamed) {
            notes.add("values %s".formatted(range));
        }
        List<String> others = names.others(file);
        return new DataSummary(
                file.path().toString(),
                count(),
                classes(),
                List.of(),
                notes,
                others.isEmpty()
                        ? List.of()
                        : List.of(
                                "%s (%s)"
                                        .formatted(
                                                DataSummary.counted(others.size(), "array"),
                                                DataSummary.few(others))));
    }

    @Override
    public long count() {
        return images.shape()[0];
    }

    @Override
    public int channels() {
        return form.channels();
    }

    @Override
    public int size() {
        return form.size();
    }

    @Override
    public int classes() {
        return labels.count();
    }

    @Override
    public void check(long count, Progress progress) {
        BadImages bad = new BadImages();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (long i = 0; i < count; i++) {
            try {
                for (double value : values(i)) {
                    least = Math.min(least, value);
                    most = Math.max(most, value);
                }
            } catch (GetjException e) {
                bad.add(e);
            }
            progress.at(i + 1, count);
        }
        bad.report(count);
        if (images.dtype() != DType.BOOL) {
            range.check(images.label(), least, most, rangeNamed, !images.dtype().isFloat());
        }
    }

    @Override
    public void read(long index, float[] target, int at) {
        double[] values = values(index);
        int plane = form.size() * form.size();
        for (int i = 0; i < values.length; i++) {
            int source = form.channelsLast() ? i % plane * form.channels() + i / plane : i;
            target[at + i] = range.scaled(values[source]);
        }
    }

    /** The elements of an image as they are stored. */
    private double[] values(long index) {
        int elements = elements();
        double[] values = new double[elements];
        if (images.dtype().isFloat()) {
            float[] floats = new float[elements];
            images.floats(index * elements, floats, 0, elements);
            for (int i = 0; i < elements; i++) {
                values[i] = floats[i];
                if (!Float.isFinite(floats[i])) {
                    throw new GetjException(
                            "%s: image %s holds %s".formatted(images.label(), index, floats[i]));
                }
            }
        } else {
            long[] whole = new long[elements];
            images.longs(index * elements, whole, 0, elements);
            for (int i = 0; i < elements; i++) {
                values[i] = whole[i];
            }
        }
        return values;
    }

    @Override
    public int label(long index) {
        return labels.of(index);
    }

    @Override
    public void close() {
        file.close();
    }
}
