package dev.getj.sample;

import java.util.Arrays;
import java.util.List;

/**
 * Images that are computed at once, of one request or several.
 *
 * @param size for which programs are there; at least as many as the images
 * @param portions whose images they are, without gaps
 */
record Batch(int size, List<Portion> portions) {
    /**
     * The next images of a request.
     *
     * @param at where they begin in the batch
     * @param from index of the first among those of the request
     */
    record Portion(Job job, int at, int from, int count) {
        /** Its part of {@code values}, which has {@code each} for every image of the request. */
        float[] of(float[] values, int each) {
            return part(values, from, count, each);
        }
    }

    static float[] part(float[] values, int from, int count, int each) {
        return Arrays.copyOfRange(values, from * each, (from + count) * each);
    }

    /** Images that are asked for. */
    int count() {
        return portions.stream().mapToInt(Portion::count).sum();
    }

    /** Their classes, [count]. */
    int[] labels() {
        int[] labels = new int[count()];
        for (Portion portion : portions) {
            for (int i = 0; i < portion.count(); i++) {
                labels[portion.at() + i] = portion.job().label(portion.from() + i);
            }
        }
        return labels;
    }
}
