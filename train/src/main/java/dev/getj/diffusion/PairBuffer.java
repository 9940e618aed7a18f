package dev.getj.diffusion;

/** Pairs in memory: the last ones that were put there, as many as there is room for. */
final class PairBuffer {
    private final int capacity;
    private final int elements;
    private final float[] noise;
    private final float[] images;
    private int filled;

    PairBuffer(int capacity, int elements) {
        this.capacity = capacity;
        this.elements = elements;
        noise = new float[capacity * elements];
        images = new float[noise.length];
    }

    /** How many pairs are there. */
    int filled() {
        return filled;
    }

    /**
     * Takes a pair over, in the place of the one {@code capacity} before it.
     *
     * @param from noise and image of the row {@code row}
     * @return false if the image is not finite
     */
    boolean put(long pair, float[] from, double[] image, int row) {
        int at = at(pair);
        boolean finite = true;
        System.arraycopy(from, row * elements, noise, at, elements);
        for (int e = 0; e < elements; e++) {
            images[at + e] = (float) image[row * elements + e];
            finite &= Float.isFinite(images[at + e]);
        }
        filled = Math.min(capacity, filled + 1);
        return finite;
    }

    /** Copies a pair to row {@code row}. */
    void get(long pair, int row, float[] toNoise, float[] toImage) {
        System.arraycopy(noise, at(pair), toNoise, row * elements, elements);
        System.arraycopy(images, at(pair), toImage, row * elements, elements);
    }

    private int at(long pair) {
        return (int) (pair % capacity) * elements;
    }
}
