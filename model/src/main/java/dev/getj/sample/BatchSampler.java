package dev.getj.sample;

import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.SamplingPass;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.Stopping;

import java.util.Arrays;

/** Programs and memory for sampling batches of one size. */
final class BatchSampler {
    private final ModelConfig config;
    private final int size;
    private final SamplingPass pass;
    private final IntTensor noiseKey;
    private final IntTensor startKey;
    private final Program draw;
    private final Program decodeState;
    private Solver prepared;
    private Solver.Solve solve;
    private Program decodeBest;
    private Program startFromBest;
    private TimedMap adaptive;

    BatchSampler(Network network, int size) {
        this.config = network.config();
        this.size = size;
        pass = new SamplingPass(network, size);
        noiseKey = network.backend().allocateInts(StateOp.NORMAL_KEY);
        startKey = network.backend().allocateInts(StateOp.NORMAL_KEY);
        draw =
                network.backend()
                        .record(
                                "draw",
                                k -> {
                                    k.normal(noiseKey, pass.noise());
                                    k.normal(startKey, pass.state());
                                });
        decodeState = config.equilibrium() ? null : pass.decoderOf(pass.state());
    }

    /** Records what a request with this solver runs, unless that was done for the last one. */
    void prepare(Solver solver) {
        if (config.equilibrium() && !solver.equals(prepared)) {
            solve = solver.prepare(mapFor(solver), Stopping.EACH_SAMPLE);
            decodeBest = pass.decoderOf(solve.best());
            startFromBest =
                    pass.backend().record("warm start", k -> k.copy(solve.best(), pass.state()));
            prepared = solver;
        }
    }

    // with a tolerance, samples leave the batch when they are solved
    private FixedPointMap mapFor(Solver solver) {
        if (solver.tolerance() == 0) {
            return pass;
        }
        if (adaptive == null) {
            adaptive = new TimedMap(pass.compacting());
        }
        return adaptive;
    }

    /** Makes the solution of the last batch the z₀ of this one. */
    void startFromLast() {
        if (config.equilibrium()) {
            startFromBest.run();
        }
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
        if (config.equilibrium()) {
            pass.state().set(slice(start, from, config.stateSize()));
        }
    }

    // with zeros behind the last sample
    private float[] slice(float[] values, int from, int length) {
        return Arrays.copyOfRange(values, from * length, (from + size) * length);
    }

    /**
     * Samples the batch, or as many of it as are asked for.
     *
     * @param labels of the whole request, likewise {@code pixels}, {@code residuals} and {@code
     *     evaluations}; this batch begins at {@code from}
     * @return seconds saved by samples that left the batch
     */
    double sample(int[] labels, int from, float[] pixels, double[] residuals, int[] evaluations) {
        int count = Math.min(size, labels.length - from);
        pass.labels().set(Arrays.copyOfRange(labels, from, from + size));
        pass.inject();
        double saved = 0;
        if (config.equilibrium()) {
            Statistics statistics = solve.run();
            System.arraycopy(statistics.absoluteLowest(), 0, residuals, from, count);
            for (int b = 0; b < count; b++) {
                evaluations[from + b] = statistics.evaluations(b);
            }
            saved = prepared.tolerance() == 0 ? 0 : adaptive.secondsSaved();
            decodeBest.run();
        } else {
            decodeState.run();
        }
        pass.image()
                .buffer()
                .read(
                        pass.image().offset(),
                        pixels,
                        from * config.pixels(),
                        count * config.pixels());
        return saved;
    }
}
