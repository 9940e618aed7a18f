package dev.getj.sample;

import dev.getj.kernels.Program;
import dev.getj.model.EquilibriumPass;
import dev.getj.model.SamplingPass;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.Stopping;

import java.util.Optional;

/** What follows the injection when a batch is sampled: from its state to its image. */
sealed interface Finish {
    /** Records what is needed for this solver, unless that was done for the last one. */
    default void prepare(Solver solver) {}

    /** Makes the last solution the z₀ of the next run. */
    default void startFromLast() {}

    /** Fills the image and returns what a solver saw, if one was needed. */
    Optional<Statistics> run();

    /** Seconds that samples saved which left the batch of the last run. */
    default double secondsSaved() {
        return 0;
    }

    /** Of a ViT: the state is there. */
    record Decode(Program decode) implements Finish {
        @Override
        public Optional<Statistics> run() {
            decode.run();
            return Optional.empty();
        }
    }

    /** Of a GET: the state is a fixed point, of which the iterate of lowest residual is decoded. */
    final class Solve implements Finish {
        private final SamplingPass pass;
        private final EquilibriumPass map;
        private Optional<TimedMap> adaptive = Optional.empty();
        private Optional<Prepared> prepared = Optional.empty();

        private record Prepared(
                Solver solver, Solver.Solve solve, Program decode, Program startFromBest) {}

        Solve(SamplingPass pass, EquilibriumPass map) {
            this.pass = pass;
            this.map = map;
        }

        @Override
        public void prepare(Solver solver) {
            if (prepared.filter(last -> last.solver.equals(solver)).isEmpty()) {
                Solver.Solve solve =
                        solver.prepare(
                                solver.tolerance() == 0 ? map : adaptive(), Stopping.EACH_SAMPLE);
                prepared =
                        Optional.of(
                                new Prepared(
                                        solver,
                                        solve,
                                        pass.decoderOf(solve.best()),
                                        map.backend()
                                                .record(
                                                        "warm start",
                                                        k -> k.copy(solve.best(), map.state()))));
            }
        }

        // with a tolerance, samples leave the batch when they are solved
        private TimedMap adaptive() {
            if (adaptive.isEmpty()) {
                adaptive = Optional.of(new TimedMap(map.compacting()));
            }
            return adaptive.get();
        }

        @Override
        public void startFromLast() {
            prepared.orElseThrow().startFromBest.run();
        }

        @Override
        public Optional<Statistics> run() {
            Statistics statistics = prepared.orElseThrow().solve.run();
            prepared.orElseThrow().decode.run();
            return Optional.of(statistics);
        }

        @Override
        public double secondsSaved() {
            return prepared.orElseThrow().solver.tolerance() == 0 ? 0 : adaptive().secondsSaved();
        }
    }
}
