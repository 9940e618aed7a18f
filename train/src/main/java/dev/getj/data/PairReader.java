package dev.getj.data;

/** Pairs by their number. */
public interface PairReader {
    /** Floats of one image: C·S·S. */
    int elements();

    /**
     * Reads pairs in the order of {@code indices}.
     *
     * @param noise receives [indices.length, C, S, S]
     * @param image as {@code noise}
     * @param labels receives a class for each pair; left alone, and may be null, if there are none
     */
    void read(long[] indices, float[] noise, float[] image, int[] labels);
}
