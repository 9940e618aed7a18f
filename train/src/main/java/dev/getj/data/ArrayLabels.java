package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Labels of an array: whole numbers, as integers or floats, of shape [n] or [n, 1], or one-hot rows
 * [n, K].
 */
final class ArrayLabels {
    private static final String EXPECTED =
            "a whole number or a one-hot row for each of the %d images is expected; labels=NAME"
                    + " takes another array, labels=none none";

    private ArrayLabels() {}

    /**
     * @param images how many there are
     * @param first the label that is class 0; null to find out
     * @throws GetjException if they are no labels of that many images
     */
    static Labels of(StridedTensor array, long images, Long first) {
        long[] shape = array.shape();
        boolean single = shape.length == 1 || shape.length == 2 && shape[1] == 1;
        boolean rows = shape.length == 2 && shape[1] > 1 && shape[1] <= Labels.MAX;
        if (!single && !rows || shape[0] != images || array.size() > Integer.MAX_VALUE - 16) {
            throw new GetjException(
                    "%s is %s %s; %s"
                            .formatted(
                                    array.label(),
                                    array.dtype(),
                                    array.shapeText(),
                                    String.format(Locale.ROOT, EXPECTED, images)));
        }
        long[] values = whole(array);
        if (single) {
            return Labels.of(array.label(), values, first);
        }
        int classes = (int) shape[1];
        Labels labels = Labels.of(array.label(), ofRows(array.label(), values, classes), 0L);
        List<String> notes = new ArrayList<>();
        notes.add("one-hot labels");
        notes.addAll(labels.notes());
        return new Labels(labels.classes(), classes, notes);
    }

    private static long[] whole(StridedTensor array) {
        if (!array.dtype().isFloat()) {
            return array.longs();
        }
        double[] floats = array.doubles();
        long[] values = new long[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) floats[i];
            if (values[i] != floats[i]) {
                throw new GetjException(
                        "%s holds %s, which is no class; labels=NAME takes another array, labels=none none"
                                .formatted(array.label(), floats[i]));
            }
        }
        return values;
    }

    private static long[] ofRows(String label, long[] values, int classes) {
        long[] labels = new long[values.length / classes];
        for (int row = 0; row < labels.length; row++) {
            int place = -1;
            for (int k = 0; k < classes; k++) {
                long value = values[row * classes + k];
                if (value != 0 && (value != 1 || place >= 0)) {
                    throw notOneHot(label, row);
                }
                place = value == 1 ? k : place;
            }
            if (place < 0) {
                throw notOneHot(label, row);
            }
            labels[row] = place;
        }
        return labels;
    }

    private static GetjException notOneHot(String label, int row) {
        return new GetjException(
                "%s: row %s is not one-hot, so an image would have several classes or none; labels=none takes no labels"
                        .formatted(label, row));
    }
}
