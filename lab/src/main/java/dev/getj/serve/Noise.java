package dev.getj.serve;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.NoiseStream;

/** Noise and z₀ of samples on the host, the numbers that samplers draw themselves. */
final class Noise {
    private Noise() {}

    /**
     * @param length values of one sample
     */
    static float[] draw(NoiseStream stream, long seed, long index, int length) {
        try (Backend host = Backends.jvm(1)) {
            IntTensor key = host.allocateInts(StateOp.NORMAL_KEY);
            Tensor drawn = host.allocate(1, length);
            key.set(stream.key(seed, index));
            host.record("noise", k -> k.normal(key, drawn)).run();
            return drawn.get();
        }
    }

    /**
     * The point at {@code t} on the arc from {@code a} to {@code b}: other than on a straight line,
     * its length is that of noise.
     */
    static float[] slerp(float[] a, float[] b, double t) {
        double dot = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            lengthA += (double) a[i] * a[i];
            lengthB += (double) b[i] * b[i];
        }
        double angle = Math.acos(Math.clamp(dot / Math.sqrt(lengthA * lengthB), -1.0, 1.0));
        double sine = Math.sin(angle);
        // where the directions are the same, or opposite, the arc is undefined
        boolean straight = sine < 1e-6;
        double ofA = straight ? 1 - t : Math.sin((1 - t) * angle) / sine;
        double ofB = straight ? t : Math.sin(t * angle) / sine;
        float[] between = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            between[i] = (float) (ofA * a[i] + ofB * b[i]);
        }
        return between;
    }
}
