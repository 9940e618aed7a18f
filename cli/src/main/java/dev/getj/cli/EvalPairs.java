package dev.getj.cli;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.getj.data.Pairs;
import dev.getj.io.GetjException;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;
import dev.getj.solver.Solver;
import dev.getj.train.PairError;
import dev.getj.train.Trainer;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code getj eval --pairs}: a student's error on pairs.
 *
 * @param heldOut pairs at the end that it has not learned from; else what the set says
 * @param count pairs to measure, at most, of either part
 */
record EvalPairs(
        WeightsLocation student,
        Path set,
        Optional<Long> heldOut,
        int count,
        Solver solver,
        PrecisionOption precision) {
    /**
     * @param heldOut pairs of the set that are held out; 0 if all are alike
     * @param pairs measured: held-out ones, if there are any
     * @param pairError mean squared error a pixel
     * @param standardError of it
     * @param learnedError of as many pairs that are not held out
     */
    record Result(
            long heldOut,
            long pairs,
            double pairError,
            double standardError,
            @JsonInclude(JsonInclude.Include.NON_NULL) Double learnedError) {
        String text() {
            String error =
                    String.format(
                            Locale.ROOT,
                            "squared error %.5f ± %.5f a pixel on %d %spairs",
                            pairError,
                            standardError,
                            pairs,
                            heldOut > 0 ? "held-out " : "");
            return learnedError == null
                    ? error
                    : error + String.format(Locale.ROOT, ", %.5f on learned ones", learnedError);
        }
    }

    private Sampler sampler(CommonOptions common) {
        HeldBackend held = new HeldBackend.Owned(common.backend());
        return Sampler.load(student, held, precision.sampling(common));
    }

    Result run(CommonOptions common) {
        try (Pairs pairs = Pairs.open(set);
                Sampler sampler = sampler(common)) {
            Trainer.requireFit(sampler.config(), pairs);
            long apart = heldOut.orElseGet(pairs.description()::heldOut);
            long learned = pairs.count() - apart;
            if (learned < 0) {
                throw new GetjException(
                        "--held-out %s is more than the %s pairs of the set"
                                .formatted(apart, pairs.count()));
            }
            common.note("sampling " + sampler.config().describe());
            long measured = Math.min(count, apart > 0 ? apart : learned);
            PairError errors = new PairError(sampler, pairs, solver, measured);
            PairError.Error error = errors.of(apart > 0 ? learned : 0, measured);
            boolean both = apart > 0 && learned > 0;
            return new Result(
                    apart,
                    measured,
                    error.mean(),
                    error.deviation(),
                    both ? errors.of(0, Math.min(measured, learned)).mean() : null);
        }
    }
}
