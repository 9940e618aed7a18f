package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Samples;
import dev.getj.train.distributed.Part;
import dev.getj.train.distributed.Ranks;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Samples of which each of several processes makes a part, and the first gets all. */
record SharedSamples(Ranks ranks, SampleRequest whole) {
    /**
     * Compares what the processes are to make.
     *
     * @throws GetjException if they differ, or the samples cannot be shared
     */
    SharedSamples {
        if (ranks.size() > 1) {
            ranks.requireSame(new TreeMap<>(Map.of("the samples to make", whole.toString())));
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
