package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over the rows of a matrix, row after row.
 *
 * <p>In double: an L1 loss makes slopes of one size and either sign, which cancel to exactly 0. What
 * float sums leave of them, about 1e-9, AdamW would divide by itself and make a step of.
 */
final class ColumnSums {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    private ColumnSums() {}

    /**
     * {@code target[c] += Σ_r matrix[r, c]} for the columns from {@code column} to {@code endColumn
     * − 1}.
     *
     * @param matrix [rows, stride], starting at {@code at}
     * @param target [stride], starting at {@code targetAt}
     */
    static void add(
            float[] matrix,
            int at,
            int stride,
            int rows,
            int column,
            int endColumn,
            float[] target,
            int targetAt) {
        int c = column;
        for (; c + 2 * LANES <= endColumn; c += 2 * LANES) {
            addTwo(matrix, at + c, stride, rows, target, targetAt + c);
        }
        for (; c < endColumn; c += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(c, endColumn);
            DoubleVector low = DoubleVector.zero(DOUBLES);
            DoubleVector high = low;
            for (int r = 0; r < rows; r++) {
                FloatVector x = FloatVector.fromArray(SPECIES, matrix, at + r * stride + c, mask);
                low = low.add(x.convertShape(VectorOperators.F2D, DOUBLES, 0));
                high = high.add(x.convertShape(VectorOperators.F2D, DOUBLES, 1));
            }
            FloatVector.fromArray(SPECIES, target, targetAt + c, mask)
                    .add(low.convertShape(VectorOperators.D2F, SPECIES, 0))
                    .add(high.convertShape(VectorOperators.D2F, SPECIES, -1))
                    .intoArray(target, targetAt + c, mask);
        }
    }

    // two vectors, four chains: one chain of additions would wait for itself
    private static void addTwo(
            float[] matrix, int at, int stride, int rows, float[] target, int to) {
        DoubleVector low0 = DoubleVector.zero(DOUBLES);
        DoubleVector high0 = low0;
        DoubleVector low1 = low0;
        DoubleVector high1 = low0;
        for (int r = 0; r < rows; r++) {
            FloatVector x = FloatVector.fromArray(SPECIES, matrix, at + r * stride);
            low0 = low0.add(x.convertShape(VectorOperators.F2D, DOUBLES, 0));
            high0 = high0.add(x.convertShape(VectorOperators.F2D, DOUBLES, 1));
            x = FloatVector.fromArray(SPECIES, matrix, at + r * stride + LANES);
            low1 = low1.add(x.convertShape(VectorOperators.F2D, DOUBLES, 0));
            high1 = high1.add(x.convertShape(VectorOperators.F2D, DOUBLES, 1));
        }
        FloatVector.fromArray(SPECIES, target, to)
                .add(low0.convertShape(VectorOperators.D2F, SPECIES, 0))
                .add(high0.convertShape(VectorOperators.D2F, SPECIES, -1))
                .intoArray(target, to);
        FloatVector.fromArray(SPECIES, target, to + LANES)
                .add(low1.convertShape(VectorOperators.D2F, SPECIES, 0))
                .add(high1.convertShape(VectorOperators.D2F, SPECIES, -1))
                .intoArray(target, to + LANES);
    }
}
