package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.model.EquilibriumPass;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.SamplingPass;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.Stopping;

import java.util.Arrays;
import java.util.Optional;

/** Programs and memory for sampling batches of one size. */
final class BatchSampler {
    private final ModelConfig config;
    private final int size;
    private final SamplingPass pass;
    private final IntTensor noiseKey;
    private final IntTensor startKey;
    private final Program draw;
    private final Finish finish;

    BatchSampler(Network network, int size) {
        this.config = network.config();
        this.size = size;
        Backend backend = network.backend();
        pass = new SamplingPass(network, size);
        noiseKey = backend.allocateInts(StateOp.NORMAL_KEY);
        startKey = backend.allocateInts(StateOp.NORMAL_KEY);
        draw =
                backend.record(
                        "draw",
                        k -> {
                            k.normal(noiseKey, pass.noise());
                            pass.start().ifPresent(z0 -> k.normal(startKey, z0));
                        });
        finish =
                switch (pass.state()) {
                    case SamplingPass.Direct(var h) -> new Finish.Decode(pass.decoderOf(h));
                    case SamplingPass.Solved(var map) -> new Finish.Solve(pass, map);
                };
    }

    /** Records what a request with this solver runs, unless that was done for the last one. */
    void prepare(Solver solver) {
        finish.prepare(solver);
    }

    /** Makes the solution of the last batch the z₀ of this one. */
    void startFromLast() {
        finish.startFromLast();
    }

    /** Fills noise and z₀ of samples {@code first … first + size} of a seed. */
    void draw(long seed, long first) {
        noiseKey.set(NoiseStream.NOISE.key(seed, first));
        startKey.set(NoiseStream.START.key(seed, first));
        draw.run();
    }

    /** Takes noise and z₀ of samples {@code from … from + size}, or as many as there are. */
    void set(float[] noise, float[] start, int from) {
        pass.noise().set(slice(noise, from, config.pixels()));
        pass.start().ifPresent(z0 -> z0.set(slice(start, from, config.stateSize())));
    }

    // with zeros behind the last sample
    private float[] slice(float[] values, int from, int length) {
        return Arrays.copyOfRange(values, from * length, (from + size) * length);
    }

    /**
     * Samples the batch, or as many of it as are asked for.
     *
     * @param labels of the whole request, as are {@code pixels}, {@code residuals} and {@code
     *     evaluations}; this batch begins at {@code from}
     * @return seconds saved by samples that left the batch
     */
    double sample(int[] labels, int from, float[] pixels, double[] residuals, int[] evaluations) {
        int count = Math.min(size, labels.length - from);
        pass.labels().set(Arrays.copyOfRange(labels, from, from + size));
        pass.inject();
        Optional<Statistics> statistics = finish.run();
        for (int b = 0; statistics.isPresent() && b < count; b++) {
            residuals[from + b] = statistics.get().absoluteLowest()[b];
            evaluations[from + b] = statistics.get().evaluations(b);
        }
        int each = config.pixels();
        pass.image().buffer().read(pass.image().offset(), pixels, from * each, count * each);
        return finish.secondsSaved();
    }

    /** What follows the injection: from the state to the image. */
    private sealed interface Finish {
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

        /**
         * Of a GET: the state is a fixed point, of which the iterate of lowest residual is decoded.
         */
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
                                    solver.tolerance() == 0 ? map : adaptive(),
                                    Stopping.EACH_SAMPLE);
                    prepared =
                            Optional.of(
                                    new Prepared(
                                            solver,
                                            solve,
                                            pass.decoderOf(solve.best()),
                                            map.backend()
                                                    .record(
                                                            "warm start",
                                                            k ->
                                                                    k.copy(
                                                                            solve.best(),
                                                                            map.state()))));
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
                return prepared.orElseThrow().solver.tolerance() == 0
                        ? 0
                        : adaptive().secondsSaved();
            }
        }
    }
}
