package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.NoiseStream;

/** Draws what one sample begins with, as it is drawn in batches. */
final class OneSample {
    private final IntTensor key;
    private final Tensor noise;
    private final Tensor start;
    private final Program drawNoise;
    private final Program drawStart;

    OneSample(Backend backend, ModelConfig config) {
        key = backend.allocateInts(StateOp.NORMAL_KEY);
        noise = backend.allocate(1, config.pixels());
        start = backend.allocate(1, config.stateSize());
        drawNoise = backend.record("noise of a sample", k -> k.normal(key, noise));
        drawStart = backend.record("z0 of a sample", k -> k.normal(key, start));
    }

    /** [C, S, S]. */
    float[] noise(long seed, long index) {
        key.set(NoiseStream.NOISE.key(seed, index));
        drawNoise.run();
        return noise.get();
    }

    /** z₀, [N, D]. */
    float[] start(long seed, long index) {
        key.set(NoiseStream.START.key(seed, index));
        drawStart.run();
        return start.get();
    }
}
