package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * Standard normal variates, four neighbours of a row a work item, as many as a Philox counter gives.
 * Logarithm and sine are the JVM backend's polynomials, so the variates agree with it to the last
 * units; devices' own functions may be off by 1e-7, which near ln 1 is everything.
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

    /** Variates of a counter. */
    private static final int FOUR = 4;

    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;

    private Normal() {}

    static void record(Tasks tasks, StateOp.Normal op) {
        int samples = op.y().dim(0);
        int length = op.y().size() / samples;
        tasks.add(
                "normals",
                Geometry.items(Math.multiplyExact(samples, Geometry.ceil(length, FOUR)), 1),
                tasks.arguments().ints(KEY, op.key()).tensor(Y, op.y()),
                List.of(samples, length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Normal::drawNormals,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
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
            IntArray place,
            IntArray ints,
            FloatArray y,
            int column,
            int samples,
            int length) {
        int quads = (length + FOUR - 1) / FOUR;
        int b = context.globalIdx / quads;
        int quad = context.globalIdx - b * quads;
        int entry = Entry.of(row, place, column);
        int keyAt = offsets.get(entry + KEY);
        int at = offsets.get(entry + Y) + b * length + FOUR * quad;
        if (b < samples) {
            int first = ints.get(keyAt + 3);
            int low = first + b;
            // the sum wrapped if it is below a summand, without regard to signs
            int high = ints.get(keyAt + 4) + ((low ^ 0x80000000) < (first ^ 0x80000000) ? 1 : 0);
            int k0 = ints.get(keyAt);
            int k1 = ints.get(keyAt + 1);
            int c0 = quad;
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
            // the first two words give two variates of one radius, the others two more; the sine
            // is the cosine three quarters of a turn on
            int left = length - FOUR * quad;
            float radius = TornadoMath.sqrt(-2f * logUniform(c0));
            float other = TornadoMath.sqrt(-2f * logUniform(c2));
            y.set(at, radius * cosTurns(turns(c1), 0));
            if (left > 1) {
                y.set(at + 1, radius * cosTurns(turns(c1), 3));
            }
            if (left > 2) {
                y.set(at + 2, other * cosTurns(turns(c3), 0));
            }
            if (left > 3) {
                y.set(at + 3, other * cosTurns(turns(c3), 3));
            }
        }
    }

    // Upper word of the unsigned product of 64 bits; the shift's sign goes off with the cast.
    private static int multiplyHigh(int a, int b) {
        return (int) ((a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL) >> 32);
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
