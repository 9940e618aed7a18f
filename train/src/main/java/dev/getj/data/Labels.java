package dev.getj.data;

import dev.getj.io.GetjException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Classes 0…K−1 made of the labels of a data set.
 *
 * @param classes of each image; empty if there are none
 * @param count K; 0 if there are none
 * @param notes how labels became classes, where that is not plain
 */
record Labels(int[] classes, int count, List<String> notes) {
    /** No image has a class. */
    static final Labels NONE = new Labels(new int[0], 0, List.of());

    /** Beyond this a number is no class. */
    static final int MAX = Short.MAX_VALUE;

    /**
     * Labels 1…K of which none is missing become classes 0…K−1; others keep their number, and
     * numbers without images are told.
     *
     * @param source of the labels, for messages
     * @param first the label that is class 0; null to find out
     * @throws GetjException if a label is outside what classes can be
     */
    static Labels of(String source, long[] labels, Long first) {
        BitSet present = new BitSet();
        long negative = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 && first == null) {
                negative++;
            } else {
                present.set((int) shifted(source, labels, i, first == null ? 0 : first));
            }
        }
        if (negative > 0) {
            throw new GetjException(
                    "%s: %s negative (-1 stands for unlabelled, as a rule); take images without them, or say labels=none to leave all labels out, or first=-1 to count classes from there"
                            .formatted(
                                    source,
                                    negative == 1
                                            ? "1 of the labels is"
                                            : negative + " of the labels are"));
        }
        List<String> notes = new ArrayList<>();
        long zero = first == null ? 0 : first;
        int count = present.length();
        if (first == null && !present.get(0) && present.cardinality() == count - 1) {
            zero = 1;
            count--;
            notes.add(
                    "labels 1 to %s taken as classes 0 to %s (first=0 keeps them)"
                            .formatted(count, count - 1));
        } else if (first != null && first != 0) {
            notes.add("label %s is class 0".formatted(first));
        }
        int[] classes = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            classes[i] = (int) (labels[i] - zero);
        }
        if (zero == (first == null ? 0 : first)) {
            without(present, count, notes);
        }
        return new Labels(classes, count, List.copyOf(notes));
    }

    private static long shifted(String source, long[] labels, int at, long first) {
        long shifted = labels[at] - first;
        if (shifted < 0 || shifted > MAX || labels[at] > Integer.MAX_VALUE) {
            throw new GetjException(
                    "%s: label %s of image %s is outside %s to %s"
                            .formatted(source, labels[at], at, first, first + MAX));
        }
        return shifted;
    }

    private static void without(BitSet present, int count, List<String> notes) {
        List<String> empty = new ArrayList<>();
        for (int k = present.nextClearBit(0); k < count; k = present.nextClearBit(k + 1)) {
            empty.add(Integer.toString(k));
        }
        if (!empty.isEmpty()) {
            notes.add(
                    "%s of the classes without images (%s)"
                            .formatted(empty.size(), DataSummary.few(empty)));
        }
    }

    /** Class of an image; 0 if there are none. */
    int of(long image) {
        return count == 0 ? 0 : classes[Math.toIntExact(image)];
    }
}
