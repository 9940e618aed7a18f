package dev.getj.kernels.tornado.emulator;

import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;

/**
 * What the 32 work items of a warp do together: each hands in its part and waits, and when all have
 * done so each works out its part of the result from all of them. Matrices lie in fragments as PTX
 * has them (PTX ISA, "Matrix Fragments for mma.m16n8k16").
 */
final class Warp {
    static final int LANES = 32;

    // an item may be one operation ahead of another that has not looked at the last one's parts yet
    private final Object[][] parts = new Object[2][LANES];

    /** A row's place in local memory: where 16 bytes begin. */
    record Address(int[] tile, int bytes) {}

    /** Operands of a product. */
    record Factors(HalfFloat[] a, HalfFloat[] b, boolean bfloat) {}

    void handIn(int operation, int lane, Object part) {
        parts[operation % 2][lane] = part;
    }

    /** Sum of what all items handed in, as a device adds it for this one. */
    float sum(int operation, int lane) {
        float[] sums = new float[LANES];
        for (int i = 0; i < LANES; i++) {
            sums[i] = (float) parts[operation % 2][i];
        }
        for (int distance = LANES / 2; distance > 0; distance /= 2) {
            float[] added = new float[LANES];
            for (int i = 0; i < LANES; i++) {
                added[i] = sums[i] + sums[i ^ distance];
            }
            sums = added;
        }
        return sums[lane];
    }

    /** Rows of 8 × 8 matrices, of which item i names row i % 8 of matrix i / 8. */
    HalfFloat[] load(int operation, int lane, int matrices, boolean transposed) {
        HalfFloat[] fragment = new HalfFloat[2 * matrices];
        for (int matrix = 0; matrix < matrices; matrix++) {
            for (int i = 0; i < 2; i++) {
                int across = lane % 4 * 2 + i;
                int down = lane / 4;
                fragment[2 * matrix + i] =
                        transposed
                                ? element(operation, 8 * matrix + across, down)
                                : element(operation, 8 * matrix + down, across);
            }
        }
        return fragment;
    }

    private HalfFloat element(int operation, int row, int i) {
        Address address = (Address) parts[operation % 2][row];
        int at = address.bytes / 2 + i;
        return new HalfFloat((short) (address.tile[at / 2] >> at % 2 * 16));
    }

    /** An item's four sums of a product [16, 16] · [16, 8], added to what they were. */
    float[] multiply(int operation, int lane, float[] sums) {
        float[] added = new float[4];
        for (int i = 0; i < 4; i++) {
            double sum = sums[i];
            for (int k = 0; k < 16; k++) {
                double factor = left(operation, lane / 4 + i / 2 * 8, k);
                sum += factor * right(operation, k, lane % 4 * 2 + i % 2);
            }
            added[i] = (float) sum;
        }
        return added;
    }

    private float left(int operation, int row, int k) {
        Factors factors = (Factors) parts[operation % 2][row % 8 * 4 + k % 8 / 2];
        return value(factors, factors.a[(row / 8 + k / 8 * 2) * 2 + k % 2]);
    }

    private float right(int operation, int k, int column) {
        Factors factors = (Factors) parts[operation % 2][column * 4 + k % 8 / 2];
        return value(factors, factors.b[k / 8 * 2 + k % 2]);
    }

    private static float value(Factors factors, HalfFloat half) {
        return factors.bfloat ? BFloat16.bf16ToFloat(half.getHalfFloatValue()) : half.getFloat32();
    }
}
