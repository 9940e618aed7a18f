package dev.getj.train;

/** A distance between two sets of images of one shape. */
public interface ImageComparison {
    /**
     * @param made [count, C, S, S], as are {@code wanted}
     * @return 0 if the sets do not differ
     */
    double distance(float[] made, float[] wanted, int count);
}
