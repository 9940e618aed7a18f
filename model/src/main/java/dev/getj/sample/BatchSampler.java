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
    private static final float[] NO_STATE = {};

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
    private record Solution(Solver solver, Solver.Solve solve) {}

    /**
     * Images of a batch.
     *
     * @param pixels [count, C, S, S]
     * @param residuals lowest ones, [count]; zeros for a ViT, as are {@code evaluations}
     * @param state the fixed points, [size, N, D], if they were asked for; otherwise empty
     * @param nullState those of the null class, if there is guidance, too
     * @param secondsSaved by samples that left the batch
     * @param origin of values that are not finite, where it was searched for
     */
    record Result(
            float[] pixels,
            double[] residuals,
            int[] evaluations,
            float[] state,
            float[] nullState,
            double secondsSaved,
            Optional<String> origin) {
        /**
         * Whether images {@code from} to {@code to} are finite, and residuals: a sample whose every
         * residual is NaN keeps its z₀, and an infinite residual.
         */
        boolean finite(int from, int to) {
            int each = pixels.length / residuals.length;
            for (int i = from; i < to; i++) {
                if (!Double.isFinite(residuals[i])) {
                    return false;
                }
            }
            for (int i = from * each; i < to * each; i++) {
                if (!Float.isFinite(pixels[i])) {
                    return false;
                }
            }
            return true;
        }

        boolean finite() {
            return finite(0, residuals.length);
        }

        /** The same, and where values that are not finite came from. */
        Result cameFrom(Optional<String> origin) {
            return new Result(
                    pixels, residuals, evaluations, state, nullState, secondsSaved, origin);
        }

        /**
         * These images led away from others of the same noise. Residuals are the larger ones,
         * evaluations those of both.
         */
        Result ledAway(Result from, double weight) {
            float[] led = new float[pixels.length];
            float w = (float) weight;
            for (int i = 0; i < led.length; i++) {
                led[i] = from.pixels[i] + w * (pixels[i] - from.pixels[i]);
            }
            double[] larger = new double[residuals.length];
            int[] both = new int[residuals.length];
            for (int b = 0; b < larger.length; b++) {
                larger[b] = Math.max(residuals[b], from.residuals[b]);
                both[b] = evaluations[b] + from.evaluations[b];
            }
            return new Result(
                    led,
                    larger,
                    both,
                    state,
                    from.state,
                    secondsSaved + from.secondsSaved,
                    Optional.empty());
        }
    }

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
            decode = Optional.of(pass.decoderOf(solve.best()));
            solution = Optional.of(new Solution(solver, solve));
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

    /** Fills noise and z₀ of samples {@code first}, {@code first + 1}, … of a seed. */
    void draw(long seed, long first) {
        noiseKey.set(NoiseStream.NOISE.key(seed, first));
        startKey.set(NoiseStream.START.key(seed, first));
        draw.run();
    }

    /** Takes noise of as many images as there are, [count, C, S, S]. */
    void noise(float[] noise) {
        pass.noise().set(filled(noise, config.pixels()));
    }

    /** Takes z₀ of as many images as there are, [count, N, D], for a GET that begins at noise. */
    void start(float[] start) {
        pass.start().ifPresent(z0 -> z0.set(filled(start, config.stateSize())));
    }

    // the last image again for those that the batch has more: it needs no more iterations
    private float[] filled(float[] values, int each) {
        float[] all = Arrays.copyOf(values, size * each);
        for (int at = values.length; at < all.length; at += each) {
            System.arraycopy(values, values.length - each, all, at, each);
        }
        return all;
    }

    /**
     * Samples the batch, or as many images of it as there are labels.
     *
     * @param keepState whether the fixed points are asked for; a ViT has none
     * @param from states where the search begins in place of z₀, [count, N, D], or empty
     */
    Result sample(int[] labels, boolean keepState, float[] from) {
        int count = labels.length;
        int[] all = Arrays.copyOf(labels, size);
        Arrays.fill(all, count, size, labels[count - 1]);
        pass.labels().set(all);
        pass.inject();
        if (from.length > 0 && pass.state() instanceof SamplingPass.Solved(EquilibriumPass map)) {
            map.state().set(filled(from, config.stateSize()));
        }
        Optional<Statistics> statistics = solution.map(ready -> ready.solve.run());
        double[] residuals = new double[count];
        int[] evaluations = new int[count];
        for (int b = 0; statistics.isPresent() && b < count; b++) {
            residuals[b] = statistics.get().absoluteLowest()[b];
            evaluations[b] = statistics.get().evaluations(b);
        }
        decode.orElseThrow().run();
        float[] pixels = new float[count * config.pixels()];
        pass.image().buffer().read(pass.image().offset(), pixels, 0, pixels.length);
        float[] state =
                solution.filter(_ -> keepState)
                        .map(ready -> ready.solve.best().get())
                        .orElse(NO_STATE);
        double saved =
                solution.filter(ready -> ready.solver.tolerance() > 0)
                        .flatMap(_ -> adaptive)
                        .map(TimedMap::secondsSaved)
                        .orElse(0.0);
        return new Result(pixels, residuals, evaluations, state, NO_STATE, saved, Optional.empty());
    }
}
