package dev.getj.log;

import dev.getj.train.Metrics;

import java.nio.file.Path;

/** A file that is written while a run trains. */
sealed interface RunLog extends AutoCloseable permits TensorBoardLog, CsvLog {
    /** A step that is done. */
    void add(Metrics.Line line);

    /**
     * @param picture a PNG file of samples after {@code step}
     */
    void addPicture(long step, Path picture);

    /** Writes what is left. */
    @Override
    void close();
}
