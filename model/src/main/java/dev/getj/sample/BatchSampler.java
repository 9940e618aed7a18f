package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.SamplingPass;
import dev.getj.solver.Solver;

import java.util.Arrays;

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
        finish.run()
                .ifPresent(
                        seen -> {
                            System.arraycopy(seen.absoluteLowest(), 0, residuals, from, count);
                            for (int b = 0; b < count; b++) {
                                evaluations[from + b] = seen.evaluations(b);
                            }
                        });
        int each = config.pixels();
        pass.image().buffer().read(pass.image().offset(), pixels, from * each, count * each);
        return finish.secondsSaved();
    }
}
