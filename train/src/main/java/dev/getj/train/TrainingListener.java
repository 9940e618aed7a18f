package dev.getj.train;

import java.nio.file.Path;

/** Watches a run. */
public interface TrainingListener {
    /** A listener that does not look. */
    TrainingListener NONE = new TrainingListener() {};

    /** Step {@code line.step()} is done. */
    default void step(Metrics.Line line) {}

    /** A checkpoint was written. */
    default void saved(Path checkpoint) {}

    /** A sample grid was written. */
    default void sampled(Path picture) {}
}
