package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.Precision;

import java.util.Map;

/** What every kind of training run has in common, whatever network it trains on whatever data. */
public interface RunSettings {
    /** The network in words, for logs. */
    String describe();

    /** The same with its precision, unless that is the usual one. */
    static String describe(String network, Precision precision) {
        return switch (precision) {
            case FLOAT32 -> network;
            case TF32 -> network + ", products in tf32";
            case MIXED -> network + " in mixed precision";
        };
    }

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

    /** How far the run goes, and what it writes on its way. */
    Course course();

    /** Items of one step. */
    default int batch() {
        return course().batch();
    }

    /** Steps at which the run is complete. */
    default long steps() {
        return course().steps();
    }

    /** Of everything random. */
    default long seed() {
        return course().seed();
    }

    /** Steps between checkpoints. */
    default long saveEvery() {
        return course().saveEvery();
    }

    /** Steps between sample grids. */
    default long sampleEvery() {
        return course().sampleEvery();
    }

    /** Steps between snapshots of averages of which others are made; 0 for none. */
    default long averagesEvery() {
        return 0;
    }

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
