package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SCRATCH_AT;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE;
import static dev.getj.kernels.jvm.Gemm.TILE_AT;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

/**
 * What the linear launches do with a finished tile while it is still in the first-level cache: a
 * few passes over its vectors, each compiled without a branch where the tile is whole.
 */
final class Epilogues {
    private Epilogues() {}

    /** {@code y = tile + bias}. */
    static Gemm.Epilogue store(Tensor bias, Tensor y) {
        return sum(bias, null, null, y);
    }

    /** {@code y = tile + bias + residual}, the residual's rows repeated. */
    static Gemm.Epilogue residual(Tensor bias, Tensor residual, Tensor y) {
        boolean whole = residual.rows() == y.rows();
        return sum(bias, whole ? Rows.of(residual) : Rows.repeated(residual), null, y);
    }

    /** {@code y = tile + bias + injection slice + condition of the sample}. */
    static Gemm.Epilogue injected(
            Tensor bias, Tensor injection, int column, Tensor condition, Tensor y) {
        Rows slice = injection == null ? null : Rows.columnsFrom(injection, column);
        Rows samples =
                condition == null ? null : Rows.stretched(condition, y.rows() / condition.rows());
        return sum(bias, slice, samples, y);
    }

    /** {@code y += tile}. */
    static Gemm.Epilogue accumulate(Tensor y) {
        Rows target = Rows.of(y);
        Gemm.Epilogue ragged = sum(null, target, null, y);
        return (tile, row, rows, column, columns) -> {
            if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
                target.add(tile, row, column);
            } else {
                ragged.finish(tile, row, rows, column, columns);
            }
        };
    }

    /** {@code pre = tile + bias}, {@code y = gelu(pre)}. */
    static Gemm.Epilogue gelu(Tensor bias, Tensor preActivation, Tensor y) {
        Rows shift = bias == null ? null : Rows.of(bias);
        Rows pre = preActivation == null ? null : Rows.of(preActivation);
        Rows target = Rows.of(y);
        return (tile, row, rows, column, columns) -> {
            if (shift != null) {
                shift.addFirst(tile, column, columns);
            }
            if (pre != null) {
                pre.put(tile, row, rows, column, columns);
            }
            VectorMath.gelu(tile, TILE_AT, TILE);
            target.put(tile, row, rows, column, columns);
        };
    }

    /** {@code dPre = tile ⊙ gelu'(pre)}. */
    static Gemm.Epilogue geluBackward(Tensor preActivation, Tensor dPreActivation) {
        Rows pre = Rows.of(preActivation);
        Rows target = Rows.of(dPreActivation);
        return (tile, row, rows, column, columns) -> {
            pre.get(tile, row, rows, column, columns);
            VectorMath.geluDerivative(tile, SCRATCH_AT, TILE);
            for (int i = TILE_AT; i < SCRATCH_AT; i += LANES) {
                FloatVector.fromArray(SPECIES, tile, i)
                        .mul(FloatVector.fromArray(SPECIES, tile, TILE + i))
                        .intoArray(tile, i);
            }
            target.put(tile, row, rows, column, columns);
        };
    }

    // y = tile + bias + first + second, each of which may be null
    private static Gemm.Epilogue sum(Tensor bias, Rows first, Rows second, Tensor y) {
        Rows shift = bias == null ? null : Rows.of(bias);
        Rows target = Rows.of(y);
        return (tile, row, rows, column, columns) -> {
            boolean whole = rows == TILE_ROWS && columns == TILE_COLUMNS;
            // in one pass, where there is one for it
            if (whole && shift != null && second == null) {
                if (first == null) {
                    target.put(tile, row, column, shift);
                } else {
                    target.put(tile, row, column, shift, first);
                }
                return;
            }
            if (shift != null) {
                shift.addFirst(tile, column, columns);
            }
            if (first != null) {
                first.get(tile, row, rows, column, columns);
                addScratch(tile);
            }
            if (second != null) {
                second.get(tile, row, rows, column, columns);
                addScratch(tile);
            }
            target.put(tile, row, rows, column, columns);
        };
    }

    private static void addScratch(float[] tile) {
        for (int i = TILE_AT; i < SCRATCH_AT; i += LANES) {
            FloatVector.fromArray(SPECIES, tile, i)
                    .add(FloatVector.fromArray(SPECIES, tile, TILE + i))
                    .intoArray(tile, i);
        }
    }
}
