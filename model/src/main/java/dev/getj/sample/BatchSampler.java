package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.EquilibriumPass;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.SamplingPass;
import dev.getj.solver.FixedPointMap;
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
    private Optional<Program> decode = Optional.empty();
    private Optional<Solution> solution = Optional.empty();
    private Optional<TimedMap> adaptive = Optional.empty();

    /** A solver made ready for a GET; of its iterates the one of lowest residual is decoded. */
    private record Solution(Solver solver, Solver.Solve solve, Program startFromBest) {}

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
        if (pass.state() instanceof SamplingPass.Direct(Tensor h)) {
            decode = Optional.of(pass.decoderOf(h));
        }
    }

    /** Records what a request with this solver runs, unless that was done for the last one. */
    void prepare(Solver solver) {
        if (pass.state() instanceof SamplingPass.Solved(EquilibriumPass map)
                && solution.filter(last -> last.solver.equals(solver)).isEmpty()) {
            Solver.Solve solve = solver.prepare(mapFor(solver, map), Stopping.EACH_SAMPLE);
            Tensor best = solve.best();
            decode = Optional.of(pass.decoderOf(best));
            Program startFromBest =
                    map.backend().record("warm start", k -> k.copy(best, map.state()));
            solution = Optional.of(new Solution(solver, solve, startFromBest));
        }
    }

    // with a tolerance, samples leave the batch when they are solved
    private FixedPointMap mapFor(Solver solver, EquilibriumPass map) {
        if (solver.tolerance() == 0) {
            return map;
        }
        if (adaptive.isEmpty()) {
            adaptive = Optional.of(new TimedMap(map.compacting()));
        }
        return adaptive.get();
    }

    /** Makes the solution of the last batch the z₀ of this one. */
    void startFromLast() {
        solution.ifPresent(last -> last.startFromBest.run());
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
        Optional<Statistics> statistics = solution.map(ready -> ready.solve.run());
        for (int b = 0; statistics.isPresent() && b < count; b++) {
            residuals[from + b] = statistics.get().absoluteLowest()[b];
            evaluations[from + b] = statistics.get().evaluations(b);
        }
        decode.orElseThrow().run();
        int each = config.pixels();
        pass.image().buffer().read(pass.image().offset(), pixels, from * each, count * each);
        return solution.filter(ready -> ready.solver.tolerance() > 0)
                .flatMap(_ -> adaptive)
                .map(TimedMap::secondsSaved)
                .orElse(0.0);
    }
}
