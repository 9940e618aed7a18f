package dev.getj.kernels.tornado.matmul;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * The exact GELU, {@code x·Φ(x)}, and its derivative, with the polynomials of the JVM backend; see
 * {@code docs/kernels/gelu.md}. Compiled into the kernels that call it.
 */
final class Gelu {
    private static final float INVERSE_SQRT_2PI = 0.3989422804f;

    private Gelu() {}

    /** {@code max(x, 0) − |x|·Q(|x|)} with {@code Q = 1 − Φ}; |error| ≤ 1e-7·max(1, |x|). */
    static float value(float x) {
        float t = TornadoMath.min(TornadoMath.abs(x), 13f);
        return TornadoMath.max(x, 0f) - t * (tail(t) * TornadoMath.exp(-0.5f * t * t));
    }

    /**
     * {@link #value} for results that are rounded to 16 bits: {@code max(x, 0) − |x|·exp(p(|x|))}
     * with a polynomial {@code p ≈ log(1 − Φ)}; |error| ≤ 7e-6, and at most a fifth of what
     * rounding to binary16 may add. Below −6 it is off by 6e-9.
     */
    static float rounded(float x) {
        float t = TornadoMath.min(TornadoMath.abs(x), 6f);
        float p = 1.5941865e-5f;
        p = p * t - 4.2385270e-4f;
        p = p * t + 4.9907905e-3f;
        p = p * t - 3.5494830e-2f;
        p = p * t - 3.1969491e-1f;
        p = p * t - 7.9726791e-1f;
        p = p * t - 6.9318801e-1f;
        return TornadoMath.max(x, 0f) - t * TornadoMath.exp(p);
    }

    /** {@code Φ(x) + x·φ(x)}; |error| ≤ 2e-7. */
    static float derivative(float x) {
        float t = TornadoMath.min(TornadoMath.abs(x), 13f);
        float slope = (tail(t) - t * INVERSE_SQRT_2PI) * TornadoMath.exp(-0.5f * t * t);
        return x < 0f ? slope : 1f - slope;
    }

    /**
     * {@link #derivative} for results that are rounded to 16 bits, with a polynomial for {@code
     * Q(t)·exp(t²/2)}; |error| ≤ 5e-6.
     */
    static float roundedDerivative(float x) {
        float t = TornadoMath.min(TornadoMath.abs(x), 6f);
        float p = -1.6857471e-4f;
        p = p * t + 2.3192619e-3f;
        p = p * t - 1.3924434e-2f;
        p = p * t + 4.9941823e-2f;
        p = p * t - 1.2582895e-1f;
        p = p * t + 2.4796079e-1f;
        p = p * t - 3.9872038e-1f;
        p = p * t + 4.9999607e-1f;
        float slope = (p - t * INVERSE_SQRT_2PI) * TornadoMath.exp(-0.5f * t * t);
        return x < 0f ? slope : 1f - slope;
    }

    // Q(t)·exp(t²/2) for 0 ≤ t ≤ 13
    private static float tail(float t) {
        float s = (t - 2f) / (t + 2f);
        float p = 2.4286090e-4f;
        p = p * s + 5.5673957e-4f;
        p = p * s - 1.9470712e-3f;
        p = p * s - 9.3851285e-3f;
        p = p * s + 1.9855902e-3f;
        p = p * s + 9.0054959e-2f;
        p = p * s - 2.5095281e-1f;
        return p * s + 1.6810198e-1f;
    }
}
