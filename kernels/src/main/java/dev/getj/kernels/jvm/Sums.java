package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums over a row in an order that depends on its length alone, not on the vector width: element i
 * joins partial sum i mod 64, and the 64 are added as a binary tree. ({@code reduceLanes} leaves
 * its order open, and compiled and interpreted code differ in it.)
 */
final class Sums {
    /** Partial sums of a row: as many lanes as the widest vectors have. */
    static final int WAYS = 64;

    private Sums() {}

    /**
     * {@code Σ x[at + i]} for i below {@code length}; {@code partial} [{@link #WAYS}] is scratch.
     */
    static float sum(float[] x, int at, int length, float[] partial) {
        for (int way = 0; way < WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int i = way;
            for (; i <= length - LANES; i += WAYS) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, at + i));
            }
            if (i < length) {
                sum =
                        sum.add(
                                FloatVector.fromArray(
                                        SPECIES, x, at + i, SPECIES.indexInRange(i, length)));
            }
            sum.intoArray(partial, way);
        }
        return tree(partial, 0);
    }

    /** {@code Σ (x[at + i] − centre)²} for i below {@code length}. */
    static float squares(float[] x, int at, int length, float centre, float[] partial) {
        for (int way = 0; way < WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int i = way;
            for (; i <= length - LANES; i += WAYS) {
                FloatVector d = FloatVector.fromArray(SPECIES, x, at + i).sub(centre);
                sum = d.fma(d, sum);
            }
            if (i < length) {
                VectorMask<Float> mask = SPECIES.indexInRange(i, length);
                FloatVector d =
                        FloatVector.fromArray(SPECIES, x, at + i, mask)
                                .lanewise(VectorOperators.SUB, centre, mask);
                sum = d.fma(d, sum);
            }
            sum.intoArray(partial, way);
        }
        return tree(partial, 0);
    }

    /** {@code Σ (x[at + i] − y[yAt + i])²} for i below {@code length}. */
    static float squaredDistance(
            float[] x, int at, float[] y, int yAt, int length, float[] partial) {
        for (int way = 0; way < WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = way; i < length; i += WAYS) {
                VectorMask<Float> mask = SPECIES.indexInRange(i, length);
                FloatVector d =
                        FloatVector.fromArray(SPECIES, x, at + i, mask)
                                .sub(FloatVector.fromArray(SPECIES, y, yAt + i, mask));
                sum = d.fma(d, sum);
            }
            sum.intoArray(partial, way);
        }
        return tree(partial, 0);
    }

    /** {@code Σ x[at + i] · y[yAt + i]} for i below {@code length}. */
    static float products(float[] x, int at, float[] y, int yAt, int length, float[] partial) {
        for (int way = 0; way < WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int i = way;
            for (; i <= length - LANES; i += WAYS) {
                sum =
                        FloatVector.fromArray(SPECIES, x, at + i)
                                .fma(FloatVector.fromArray(SPECIES, y, yAt + i), sum);
            }
            if (i < length) {
                VectorMask<Float> mask = SPECIES.indexInRange(i, length);
                sum =
                        FloatVector.fromArray(SPECIES, x, at + i, mask)
                                .fma(FloatVector.fromArray(SPECIES, y, yAt + i, mask), sum);
            }
            sum.intoArray(partial, way);
        }
        return tree(partial, 0);
    }

    /** Adds {@code partial[at … at + 63]} as a binary tree; the entries are overwritten. */
    static float tree(float[] partial, int at) {
        for (int half = WAYS / 2; half >= 16; half /= 2) {
            int i = at;
            for (; i <= at + half - LANES; i += LANES) {
                FloatVector.fromArray(SPECIES, partial, i)
                        .add(FloatVector.fromArray(SPECIES, partial, i + half))
                        .intoArray(partial, i);
            }
            for (; i < at + half; i++) {
                partial[i] += partial[i + half];
            }
        }
        float even = four(partial, at) + four(partial, at + 2);
        float odd = four(partial, at + 1) + four(partial, at + 3);
        return even + odd;
    }

    // the four of sixteen that meet first
    private static float four(float[] partial, int at) {
        return (partial[at] + partial[at + 8]) + (partial[at + 4] + partial[at + 12]);
    }
}
