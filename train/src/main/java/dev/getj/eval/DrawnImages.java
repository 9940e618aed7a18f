package dev.getj.eval;

import dev.getj.data.ImageData;

/**
 * Images that a model has just made.
 *
 * @param name one line: what made them
 * @param pixels [count, C, S, S]
 * @param labels [count], or null if there are no classes
 * @param classes K, 0 if there are none
 */
public record DrawnImages(
        String name, float[] pixels, int[] labels, int channels, int size, int classes)
        implements ImageData {
    @Override
    public long count() {
        return pixels.length / elements();
    }

    @Override
    public void read(long index, float[] target, int at) {
        System.arraycopy(pixels, Math.toIntExact(index * elements()), target, at, elements());
    }

    @Override
    public int label(long index) {
        return classes == 0 ? 0 : labels[Math.toIntExact(index)];
    }

    @Override
    public void close() {
        // nothing is open
    }
}
