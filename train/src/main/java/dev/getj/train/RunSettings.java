package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.util.Map;

/** What every kind of training run has in common, whatever network it trains on whatever data. */
public interface RunSettings {
    /** The network in words, for logs. */
    String describe();

    /** What a checkpoint's metadata say of the network: enough to use its weights. */
    Map<String, String> networkMetadata();

    /**
     * @throws GetjException if the checkpoint {@code file} is of another network
     */
    void requireNetworkOf(SafetensorsFile file);

    /** What the run learns from, in one word: {@code pairs}, {@code images}. */
    String items();

    OptimizerSettings optimizer();

    /** The learning rate of step {@code step}, counted from 1. */
    default double rate(long step) {
        return optimizer().rate(step);
    }

    /** Items of one step. */
    int batch();

    /** Steps at which the run is complete. */
    long steps();

    /** Of everything random. */
    long seed();

    /** Steps between checkpoints. */
    long saveEvery();

    /** Steps between sample grids. */
    long sampleEvery();

    /** True if {@link TrainingLoop.Work#measure} is asked after a step. */
    default boolean isMeasured(long step) {
        return false;
    }

    /** Everything needed to repeat the run, as indented JSON. */
    String json();

    /**
     * @param what the setting in words
     * @throws IllegalArgumentException if it is not at least 1
     */
    static void require(long value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + value);
        }
    }

    /**
     * @param values of one item: pixels of an image
     * @throws IllegalArgumentException if a batch is not at least one item, or more than one array
     *     holds
     */
    static void requireBatch(int batch, int values) {
        require(batch, "the batch");
        if ((long) batch * values > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "a batch of %s images of %s values is more than one array holds"
                            .formatted(batch, values));
        }
    }
}
