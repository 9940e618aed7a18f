package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.sample.WeightsLocation;
import dev.getj.sample.WeightsLocation.Network;

import java.util.Optional;

/**
 * The content of the weights that a student's run needs beside its own, as SHA-256 in hexadecimal
 * digits: what a run is resumed with must be what it began with, wherever it lies by then. Empty
 * where a run needs none, or was begun by a version that did not note it.
 *
 * @param teacher which makes fresh pairs
 * @param guide which that is led away from
 * @param classifier of the feature loss
 */
public record WeightsDigests(String teacher, String guide, String classifier) {
    /** Of a run that needs no other weights. */
    public static final WeightsDigests NONE = new WeightsDigests("", "", "");

    /**
     * Reads the weights that a run names.
     *
     * @throws GetjException if they are not there, or damaged
     */
    public static WeightsDigests of(RunConfig run) {
        Optional<Fresh> fresh = run.source().fresh();
        return new WeightsDigests(
                fresh.map(it -> digest(it.teacher(), Network.TEACHER)).orElse(""),
                fresh.map(it -> digest(it.guide(), Network.TEACHER)).orElse(""),
                run.learning()
                        .features()
                        .map(it -> digest(it.classifier(), Network.CLASSIFIER))
                        .orElse(""));
    }

    private static String digest(String place, Network network) {
        return place.isEmpty() ? "" : WeightsLocation.parse(place).sha256(network);
    }
}
