package dev.getj.sample;

import dev.getj.kernels.Program;
import dev.getj.model.EquilibriumPass;
import dev.getj.model.SamplingPass;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.Stopping;

import java.util.Optional;
import java.util.stream.IntStream;

/** What follows the injection when a batch is sampled: from its state to images. */
sealed interface Finish {
    /** Records what is needed for this solver. */
    void prepare(Solver solver);

    /** Makes the last solution the z₀ of the next run. */
    void startFromLast();

    Found run();

    /**
     * What a run found of each sample of the batch.
     *
     * @param residuals lowest {@code ‖f(z) − z‖₂}
     * @param evaluations of f
     * @param secondsSaved by samples that left the batch
     */
    record Found(double[] residuals, int[] evaluations, double secondsSaved) {}

    /** Of a ViT: the state is there. */
    record Decode(Program decode, int batch) implements Finish {
        @Override
        public void prepare(Solver solver) {}

        @Override
        public void startFromLast() {}

        @Override
        public Found run() {
            decode.run();
            return new Found(new double[batch], new int[batch], 0);
        }
    }

    /** Of a GET: the state is a fixed point, and the one of lowest residual is decoded. */
    final class Solve implements Finish {
        private final SamplingPass pass;
        private final EquilibriumPass map;
        private Optional<Prepared> prepared = Optional.empty();
        private Optional<TimedMap> adaptive = Optional.empty();

        private record Prepared(
                Solver solver, Solver.Solve solve, Program decode, Program startFromBest) {}

        Solve(SamplingPass pass, EquilibriumPass map) {
            this.pass = pass;
            this.map = map;
        }

        @Override
        public void prepare(Solver solver) {
            if (prepared.filter(last -> last.solver.equals(solver)).isEmpty()) {
                Solver.Solve solve = solver.prepare(mapFor(solver), Stopping.EACH_SAMPLE);
                Program startFromBest =
                        map.backend().record("warm start", k -> k.copy(solve.best(), map.state()));
                Program decode = pass.decoderOf(solve.best());
                prepared = Optional.of(new Prepared(solver, solve, decode, startFromBest));
            }
        }

        // with a tolerance, samples leave the batch when they are solved
        private FixedPointMap mapFor(Solver solver) {
            if (solver.tolerance() == 0) {
                return map;
            }
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
        public Found run() {
            Prepared ready = prepared.orElseThrow();
            Statistics statistics = ready.solve.run();
            ready.decode.run();
            int[] evaluations =
                    IntStream.range(0, map.state().dim(0)).map(statistics::evaluations).toArray();
            double saved =
                    ready.solver.tolerance() == 0 ? 0 : adaptive.orElseThrow().secondsSaved();
            return new Found(statistics.absoluteLowest(), evaluations, saved);
        }
    }
}
