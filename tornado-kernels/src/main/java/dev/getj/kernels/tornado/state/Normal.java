package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * Standard normal variates, a work item for each. A Philox counter gives four, so each is drawn by
 * four items: that is some hundred integer operations, little beside writing the result. Logarithm
 * and sine are the JVM backend's polynomials, so the variates agree with it to the last units;
 * devices' own functions may be off by 1e-7, which near ln 1 is everything.
 */
public final class Normal {
    // The tensors of each kernel, as both sides number them.
    private static final int KEY = 0;
    private static final int Y = 1;

    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;

    private Normal() {}

    static void record(Tasks tasks, StateOp.Normal op) {
        int samples = op.y().dim(0);
        int length = op.y().size() / samples;
        tasks.add(
                "normals",
                Geometry.items(op.y().size(), 1),
                tasks.arguments().ints(KEY, op.key()).tensor(Y, op.y()),
                List.of(samples, length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Normal::drawNormals,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.ints(),
                                at.array(Y),
                                at.column(),
                                samples,
                                length));
    }

    /** See {@link dev.getj.kernels.op.Kernels#normal}. Tensors: key, y [B, length]. */
    public static void drawNormals(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray ints,
            FloatArray y,
            int column,
            int samples,
            int length) {
        int b = context.globalIdx / length;
        int e = context.globalIdx - b * length;
        int entry = row.get(0) + column;
        int keyAt = offsets.get(entry + KEY);
        int at = offsets.get(entry + Y) + context.globalIdx;
        if (b < samples) {
            int first = ints.get(keyAt + 3);
            int low = first + b;
            // the sum wrapped if it is below a summand, without regard to signs
            int high = ints.get(keyAt + 4) + ((low ^ 0x80000000) < (first ^ 0x80000000) ? 1 : 0);
            int k0 = ints.get(keyAt);
            int k1 = ints.get(keyAt + 1);
            int c0 = e / 4;
            int c1 = low;
            int c2 = high;
            int c3 = ints.get(keyAt + 2);
            for (int round = 0; round < ROUNDS; round++) {
                int high0 = multiplyHigh(c0, MULTIPLIER_0);
                int high1 = multiplyHigh(c2, MULTIPLIER_1);
                int low0 = c0 * MULTIPLIER_0;
                int low1 = c2 * MULTIPLIER_1;
                c0 = high1 ^ c1 ^ k0;
                c1 = low1;
                c2 = high0 ^ c3 ^ k1;
                c3 = low0;
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            // elements 0 and 1 of the four come from the first two words, 2 and 3 from the others
            boolean former = e % 4 < 2;
            float radius = TornadoMath.sqrt(-2f * logUniform(former ? c0 : c2));
            // the sine is the cosine three quarters of a turn on
            y.set(at, radius * cosTurns(turns(former ? c1 : c3), 3 * (e % 2)));
        }
    }

    // Upper word of the unsigned product, from products of half words. Those of 64 bits would
    // need a shift without sign, which the devices' compilers do not have.
    private static int multiplyHigh(int a, int b) {
        int aLow = a & 0xFFFF;
        int aHigh = upper(a);
        int bLow = b & 0xFFFF;
        int bHigh = upper(b);
        int middle = aHigh * bLow + upper(aLow * bLow);
        int other = aLow * bHigh + (middle & 0xFFFF);
        return aHigh * bHigh + upper(middle) + upper(other);
    }

    private static int upper(int word) {
        return (word >> 16) & 0xFFFF;
    }

    // the 24 upper bits as 1 … 2²⁴
    private static int counted(int word) {
        return ((word >> 8) & 0xFFFFFF) + 1;
    }

    private static float turns(int word) {
        return counted(word) * 0x1p-24f;
    }

    // ln of the uniform variate: its exponent is found by shifting, since the bits of a float
    // cannot be read
    private static float logUniform(int word) {
        int n = counted(word);
        int e = 0;
        for (int shift = 16; shift > 0; shift /= 2) {
            boolean small = n < (1 << (24 - shift));
            n = small ? n << shift : n;
            e = small ? e - shift : e;
        }
        // u = m · 2ᵉ with m in [√½, √2)
        float m = n * 0x1p-24f;
        boolean below = m < 0.70710677f;
        m = below ? 2f * m : m;
        float exponent = below ? e - 1 : e;
        float f = m - 1f;
        float p = 7.0376836292e-2f;
        p = p * f - 1.1514610310e-1f;
        p = p * f + 1.1676998740e-1f;
        p = p * f - 1.2420140846e-1f;
        p = p * f + 1.4249322787e-1f;
        p = p * f - 1.6668057665e-1f;
        p = p * f + 2.0000714765e-1f;
        p = p * f - 2.4999993993e-1f;
        p = p * f + 3.3333331174e-1f;
        float square = f * f;
        float rest = square * f * p + exponent * LN2_LOW - 0.5f * square;
        return exponent * LN2_HIGH + (f + rest);
    }

    // cos(2πu + quarters·π/2): u less the nearest quarter turn is exact, and lies within π/4
    private static float cosTurns(float u, int quarters) {
        int nearest = (int) (4f * u + 0.5f);
        float f = u - 0.25f * nearest;
        int quadrant = (nearest + quarters) & 3;
        float z = f * f;
        float sin = 42.058693f;
        sin = sin * z - 76.70586f;
        sin = sin * z + 81.60525f;
        sin = sin * z - 41.3417f;
        sin = (sin * z + 6.2831855f) * f;
        float cos = -26.426256f;
        cos = cos * z + 60.24464f;
        cos = cos * z - 85.45682f;
        cos = cos * z + 64.93939f;
        cos = cos * z - 19.739208f;
        cos = cos * z + 1f;
        // quadrants 0…3: cos, −sin, −cos, sin
        float value = (quadrant & 1) != 0 ? sin : cos;
        return quadrant == 1 || quadrant == 2 ? -value : value;
    }
}
