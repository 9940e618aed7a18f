package dev.getj.kernels.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions, lane by lane, from operations that IEEE 754 rounds in one way only (+, −,
 * ·, /, fma) and from bit operations: a value has the same result in every lane, on every vector
 * width, compiled or interpreted. That is why {@link VectorOperators#EXP} and its kin, and sums
 * over lanes in an unspecified order, are not used in this package.
 *
 * <p>A vector that passes a call that is not inlined is allocated, and the compiler stops inlining
 * our methods when a compilation has seen 18,000 nodes, some 35 operations of this API: hence the
 * constants broadcast in place, and GELU over an array with as few operations as it takes.
 */
final class VectorMath {
    /** The vector width of all kernels: what the machine prefers. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    static final int LANES = SPECIES.length();

    // 1.5 · 2²³: adding it leaves the nearest integer in the lowest bits
    private static final float ROUNDER = 0x1.8p23f;
    // the same, plus the bias of an exponent
    private static final float EXPONENT_ROUNDER = ROUNDER + 127;
    private static final float LOG2_E = 1.44269504f;
    // ln 2 in two parts; the first has few enough bits that n · LN2_HIGH is exact
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float INVERSE_SQRT_2PI = 0.3989422804f;

    private VectorMath() {}

    /** {@code 2ˣ} for x up to 127, to 2 ulp; 0 below −126, where results would be subnormal. */
    static FloatVector exp2(FloatVector x) {
        FloatVector shifted = x.add(EXPONENT_ROUNDER);
        FloatVector f = x.sub(shifted.sub(EXPONENT_ROUNDER));
        return power(f, shifted).blend(0f, x.compare(VectorOperators.LT, -126f));
    }

    /**
     * {@code 2ᶠ·2ⁿ} for f in −½ … ½, with n in the lowest bits of {@code shifted}, biased as an
     * exponent is. The polynomial is that of Cephes' exp2f. 2ⁿ is a factor and not added to the
     * bits of 2ᶠ, so that a NaN survives.
     */
    private static FloatVector power(FloatVector f, FloatVector shifted) {
        FloatVector p = FloatVector.broadcast(SPECIES, 1.535336188e-4f);
        p = p.fma(f, FloatVector.broadcast(SPECIES, 1.339887440e-3f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 9.618437358e-3f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 5.550332471e-2f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 2.402264791e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 6.931472029e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 1f));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.mul(exponent.reinterpretAsFloats());
    }

    /**
     * {@code x·Φ(x)}, the exact GELU, computed as {@code max(x, 0) − |x|·Q(|x|)} with {@code Q = 1
     * − Φ}: the subtrahend never exceeds 0.17, so its rounding hardly counts. |error| ≤ 1e-7·max(1,
     * |x|), of which half an ulp of the result is unavoidable.
     *
     * @param x becomes its GELU from {@code at} on
     * @param count a multiple of the vector length
     */
    static void gelu(float[] x, int at, int count) {
        for (int i = at; i < at + count; i += LANES) {
            FloatVector value = FloatVector.fromArray(SPECIES, x, i);
            FloatVector t = magnitude(value);
            FloatVector tail = tail(t).mul(gauss(t));
            FloatVector positive = value.blend(0f, value.compare(VectorOperators.LT, 0f));
            positive.sub(t.mul(tail)).intoArray(x, i);
        }
    }

    /** {@code Φ(x) + x·φ(x)}, the derivative of {@link #gelu}; |error| ≤ 2e-7. */
    static void geluDerivative(float[] x, int at, int count) {
        for (int i = at; i < at + count; i += LANES) {
            FloatVector value = FloatVector.fromArray(SPECIES, x, i);
            FloatVector t = magnitude(value);
            FloatVector tail = tail(t);
            FloatVector gauss = gauss(t);
            // Q(t) − t·φ(t) for x = −t; one minus that for x = t
            FloatVector slope =
                    t.fma(FloatVector.broadcast(SPECIES, -INVERSE_SQRT_2PI), tail).mul(gauss);
            FloatVector mirrored = FloatVector.broadcast(SPECIES, 1f).sub(slope);
            VectorMask<Float> negative = value.compare(VectorOperators.LT, 0f);
            mirrored.blend(slope, negative).intoArray(x, i);
        }
    }

    // |x|, at most 13: beyond, exp(−x²/2) is as good as 0 and its exponent would leave the range
    private static FloatVector magnitude(FloatVector x) {
        FloatVector t = x.abs();
        return t.blend(13f, t.compare(VectorOperators.GT, 13f));
    }

    // exp(−t²/2) for t ≤ 13, to 1e-7·max(1, t²/2) of its value
    private static FloatVector gauss(FloatVector t) {
        FloatVector square = t.mul(t);
        FloatVector factor = FloatVector.broadcast(SPECIES, -0.5f * LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, EXPONENT_ROUNDER);
        FloatVector shifted = square.fma(factor, rounder);
        return power(square.fma(factor, rounder.sub(shifted)), shifted);
    }

    /**
     * {@code Q(t)·exp(t²/2) = erfcx(t/√2)/2} for t ≥ 0: smooth, from 0.5 down to 0.4/t, so a
     * polynomial in {@code (t − 2)/(t + 2)} suffices. Its coefficients minimise the largest error
     * weighted by exp(−t²/2)·max(t, 0.7), which is 7e-9.
     */
    private static FloatVector tail(FloatVector t) {
        FloatVector s = t.sub(2f).div(t.add(2f));
        FloatVector p = FloatVector.broadcast(SPECIES, 2.4286090e-4f);
        p = p.fma(s, FloatVector.broadcast(SPECIES, 5.5673957e-4f));
        p = p.fma(s, FloatVector.broadcast(SPECIES, -1.9470712e-3f));
        p = p.fma(s, FloatVector.broadcast(SPECIES, -9.3851285e-3f));
        p = p.fma(s, FloatVector.broadcast(SPECIES, 1.9855902e-3f));
        p = p.fma(s, FloatVector.broadcast(SPECIES, 9.0054959e-2f));
        p = p.fma(s, FloatVector.broadcast(SPECIES, -2.5095281e-1f));
        return p.fma(s, FloatVector.broadcast(SPECIES, 1.6810198e-1f));
    }

    /**
     * {@code ln x} for positive normal x, to about 1 ulp also near 1. The polynomial is that of
     * Cephes' logf.
     */
    static FloatVector log(FloatVector x) {
        // x = 2ᵉ·m with m in [√½, √2): subtracting √½'s bits makes the exponent field
        // count from there
        IntVector bits = x.reinterpretAsInts();
        IntVector exponent =
                bits.sub(Float.floatToRawIntBits(0.70710677f)).lanewise(VectorOperators.ASHR, 23);
        FloatVector m = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
        FloatVector e = integer(exponent);
        FloatVector f = m.sub(1f);
        FloatVector p = FloatVector.broadcast(SPECIES, 7.0376836292e-2f);
        p = p.fma(f, FloatVector.broadcast(SPECIES, -1.1514610310e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 1.1676998740e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, -1.2420140846e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 1.4249322787e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, -1.6668057665e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 2.0000714765e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, -2.4999993993e-1f));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 3.3333331174e-1f));
        FloatVector square = f.mul(f);
        FloatVector rest = e.mul(LN2_LOW);
        rest = square.mul(f).fma(p, rest);
        rest = square.fma(FloatVector.broadcast(SPECIES, -0.5f), rest);
        return e.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), f.add(rest));
    }

    // the reverse of the rounding in exp: exact for |i| < 2²²
    private static FloatVector integer(IntVector i) {
        return i.add(Float.floatToRawIntBits(ROUNDER)).reinterpretAsFloats().sub(ROUNDER);
    }

    /** {@code cos(2πu)} for u in [0, 1], |error| ≤ 1.2e-7. */
    static FloatVector cosTurns(FloatVector u) {
        return cosQuarters(u, 0);
    }

    /** {@code sin(2πu)} for u in [0, 1], |error| ≤ 1.2e-7. */
    static FloatVector sinTurns(FloatVector u) {
        return cosQuarters(u, -1);
    }

    /**
     * {@code cos(2πu + quarters·π/2)}: u less the nearest quarter turn is exact, and what remains
     * is within π/4.
     */
    private static FloatVector cosQuarters(FloatVector u, int quarters) {
        FloatVector shifted =
                u.fma(FloatVector.broadcast(SPECIES, 4f), FloatVector.broadcast(SPECIES, ROUNDER));
        FloatVector f = shifted.sub(ROUNDER).fma(FloatVector.broadcast(SPECIES, -0.25f), u);
        IntVector quadrant = shifted.reinterpretAsInts().add(quarters);
        FloatVector z = f.mul(f);

        FloatVector sin = FloatVector.broadcast(SPECIES, 42.058693f);
        sin = sin.fma(z, FloatVector.broadcast(SPECIES, -76.70586f));
        sin = sin.fma(z, FloatVector.broadcast(SPECIES, 81.60525f));
        sin = sin.fma(z, FloatVector.broadcast(SPECIES, -41.3417f));
        sin = sin.fma(z, FloatVector.broadcast(SPECIES, 6.2831855f)).mul(f);

        FloatVector cos = FloatVector.broadcast(SPECIES, -26.426256f);
        cos = cos.fma(z, FloatVector.broadcast(SPECIES, 60.24464f));
        cos = cos.fma(z, FloatVector.broadcast(SPECIES, -85.45682f));
        cos = cos.fma(z, FloatVector.broadcast(SPECIES, 64.93939f));
        cos = cos.fma(z, FloatVector.broadcast(SPECIES, -19.739208f));
        cos = cos.fma(z, FloatVector.broadcast(SPECIES, 1f));

        // quadrants 0…3: cos, −sin, −cos, sin
        VectorMask<Integer> odd = quadrant.and(1).compare(VectorOperators.NE, 0);
        FloatVector value = cos.blend(sin, odd.cast(SPECIES));
        IntVector sign = quadrant.add(1).and(2).lanewise(VectorOperators.LSHL, 30);
        return value.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
    }
}
