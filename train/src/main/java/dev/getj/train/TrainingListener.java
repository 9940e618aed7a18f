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

    /** Something that the run does without, such as a picture, failed; in one line. */
    default void note(String line) {}

    /** Why the run was asked to stop, for its log. */
    default String stopReason() {
        return "as it was asked to";
    }
}
