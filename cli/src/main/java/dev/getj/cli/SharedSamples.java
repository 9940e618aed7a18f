package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.io.Sha256;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.distributed.Part;
import dev.getj.train.distributed.Ranks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples of which each of several processes makes a part, and the first gets all.
 *
 * @param given a digest of noise and z₀ that were not drawn; empty if they were
 */
record SharedSamples(Ranks ranks, SampleRequest whole, String given) {
    /** Of a digest in a message: enough to see that it differs. */
    private static final int SHOWN = 16;

    /**
     * Compares what the processes are to make.
     *
     * @throws GetjException if they differ, or the samples cannot be shared
     */
    SharedSamples {
        if (ranks.size() > 1) {
            ranks.requireSame(facts(whole, given));
            if (whole.start() == SampleRequest.Start.PREVIOUS) {
                throw new GetjException(
                        "--z0 previous makes one image after the other: leave it out, or start one"
                                + " process");
            }
            if (whole.count() < ranks.size()) {
                throw new GetjException(
                        "%s images are less than one for each of %s processes: raise --count, or start fewer"
                                .formatted(whole.count(), ranks.size()));
            }
        }
    }

    /**
     * Compares the weights that the processes are about to read.
     *
     * @throws GetjException if they differ, or cannot be read
     */
    static void requireSameWeights(
            Ranks ranks, WeightsLocation weights, WeightsLocation.Network network) {
        if (ranks.size() > 1) {
            String digest = shown(weights.sha256(network));
            ranks.requireSame(new TreeMap<>(Map.of("the content of the weights", digest)));
        }
    }

    static SortedMap<String, String> facts(SampleRequest whole, String given) {
        int[] labels = whole.labels();
        return new TreeMap<>(
                Map.of(
                        "the number of images",
                        Integer.toString(whole.count()),
                        "the seed",
                        Long.toString(whole.seed()),
                        "the number of the first image",
                        Long.toString(whole.first()),
                        "the list of labels",
                        labels == null ? "in turn" : shown(new Sha256().add(labels).hex()),
                        "the solver",
                        whole.solver().toString(),
                        "--z0",
                        whole.start().toString().toLowerCase(Locale.ROOT),
                        "--guidance",
                        Double.toString(whole.guidance()),
                        "the content of --input",
                        given.isEmpty() ? "not there" : shown(given)));
    }

    private static String shown(String digest) {
        return digest.substring(0, SHOWN);
    }

    /** A digest of noise and z₀, for one process none. */
    static String digest(Ranks ranks, float[] noise, float[] start) {
        return ranks.size() == 1 ? "" : new Sha256().add(noise).add(start).hex();
    }

    Part part() {
        return ranks.part(whole.count());
    }

    /** What this process is to make. */
    SampleRequest request() {
        Part part = part();
        int first = Math.toIntExact(part.first());
        int[] labels = whole.labels();
        return new SampleRequest(
                part.count(),
                whole.seed(),
                whole.first() + first,
                labels == null ? null : Arrays.copyOfRange(labels, first, first + part.count()),
                whole.solver(),
                whole.start(),
                whole.guidance());
    }

    /** This process's part of values of which each sample has as many. */
    float[] part(float[] values) {
        int each = values.length / whole.count();
        int first = Math.toIntExact(part().first()) * each;
        return Arrays.copyOfRange(values, first, first + part().count() * each);
    }

    /**
     * Brings the parts together.
     *
     * @return all samples on the first process, those made there on another
     */
    Samples gather(Samples made) {
        if (ranks.size() == 1) {
            return made;
        }
        float[] pixels = ranks.gather(made.pixels());
        double[] residuals = ranks.gather(made.residuals());
        int[] labels = ints(ranks.gather(doubles(made.labels())));
        int[] evaluations = ints(ranks.gather(doubles(made.evaluations())));
        return new Samples(
                made.images(), pixels, labels, residuals, evaluations, made.secondsSaved());
    }

    private static double[] doubles(int[] values) {
        return Arrays.stream(values).asDoubleStream().toArray();
    }

    private static int[] ints(double[] values) {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }
}
