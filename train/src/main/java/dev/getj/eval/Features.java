package dev.getj.eval;

/** What of an image a distance between sets of images compares. */
public interface Features extends AutoCloseable {
    /** One line: what they are. */
    String name();

    /** F. */
    int dimensions();

    /** K of the classes that the same network tells; 0 if it tells none. */
    default int classes() {
        return 0;
    }

    /**
     * What a network answers.
     *
     * @param features [count, F]
     * @param logits [count, K], or null if it tells no classes
     */
    record Answers(double[] features, double[] logits) {}

    /**
     * Features of images, and classes where they are told.
     *
     * @param images [≥ count, C, S, S], nominally in [−1, 1]
     */
    Answers answers(float[] images, int count);

    /** Frees what is open. */
    @Override
    default void close() {
        // most are arrays
    }
}
