package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;

import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** What the linear launches do with a finished tile while it is still in the first-level cache. */
final class Epilogues {
    private Epilogues() {}

    /** {@code y = tile + bias}. */
    static Gemm.Epilogue store(Tensor bias, Tensor y) {
        Bias b = Bias.of(bias, y.dim(-1));
        Matrix target = Matrix.of(y);
        return (tile, row, rows, column, columns) -> {
            shift(tile, b, column, columns);
            target.put(tile, row, rows, column, columns);
        };
    }

    /** {@code pre = tile + bias}, {@code y = gelu(pre)}. */
    static Gemm.Epilogue gelu(Tensor bias, Tensor preActivation, Tensor y) {
        Bias b = Bias.of(bias, y.dim(-1));
        Matrix target = Matrix.of(y);
        Matrix pre = preActivation == null ? null : Matrix.of(preActivation);
        return (tile, row, rows, column, columns) -> {
            shift(tile, b, column, columns);
            if (pre != null) {
                pre.put(tile, row, rows, column, columns);
            }
            VectorMath.gelu(tile, 0, TILE);
            target.put(tile, row, rows, column, columns);
        };
    }

    /** {@code y = residual + (tile + bias)}, the residual's rows repeated. */
    static Gemm.Epilogue residual(Tensor bias, Tensor residual, Tensor y) {
        float[] target = JvmBuffer.of(y).values;
        float[] source = JvmBuffer.of(residual).values;
        int stride = y.dim(-1);
        int period = residual.rows();
        Bias b = Bias.of(bias, stride);
        return (tile, row, rows, column, columns) -> {
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                FloatVector shift =
                        FloatVector.fromArray(SPECIES, b.values, b.at + column + j, mask);
                for (int r = 0; r < rows; r++) {
                    int from = residual.offset() + (row + r) % period * stride + column + j;
                    FloatVector.fromArray(SPECIES, tile, r * TILE_COLUMNS + j)
                            .add(shift)
                            .add(FloatVector.fromArray(SPECIES, source, from, mask))
                            .intoArray(target, y.offset() + (row + r) * stride + column + j, mask);
                }
            }
        };
    }

    /** {@code y = tile + bias + injection slice + condition of the sample}. */
    static Gemm.Epilogue injected(
            Tensor bias, Tensor injection, int firstColumn, Tensor condition, Tensor y) {
        float[] target = JvmBuffer.of(y).values;
        int stride = y.dim(-1);
        float[] injected = injection == null ? null : JvmBuffer.of(injection).values;
        int injectedAt = injection == null ? 0 : injection.offset() + firstColumn;
        int injectedStride = injection == null ? 0 : injection.dim(-1);
        float[] conditions = condition == null ? null : JvmBuffer.of(condition).values;
        int conditionAt = condition == null ? 0 : condition.offset();
        int tokens = condition == null ? 1 : y.rows() / condition.rows();
        Bias b = Bias.of(bias, stride);
        return (tile, row, rows, column, columns) -> {
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                int at = column + j;
                FloatVector shift = FloatVector.fromArray(SPECIES, b.values, b.at + at, mask);
                for (int r = row; r < row + rows; r++) {
                    FloatVector sum =
                            FloatVector.fromArray(SPECIES, tile, (r - row) * TILE_COLUMNS + j)
                                    .add(shift);
                    if (injected != null) {
                        int from = injectedAt + r * injectedStride + at;
                        sum = sum.add(FloatVector.fromArray(SPECIES, injected, from, mask));
                    }
                    if (conditions != null) {
                        int from = conditionAt + r / tokens * stride + at;
                        sum = sum.add(FloatVector.fromArray(SPECIES, conditions, from, mask));
                    }
                    sum.intoArray(target, y.offset() + r * stride + at, mask);
                }
            }
        };
    }

    /** {@code dPre = tile ⊙ gelu'(pre)}. */
    static Gemm.Epilogue geluBackward(Tensor preActivation, Tensor dPreActivation) {
        float[] target = JvmBuffer.of(dPreActivation).values;
        float[] pre = JvmBuffer.of(preActivation).values;
        int stride = dPreActivation.dim(-1);
        return (tile, row, rows, column, columns) -> {
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                int from = preActivation.offset() + row * stride + column + j;
                for (int r = 0; r < rows; r++) {
                    FloatVector.fromArray(SPECIES, pre, from + r * stride, mask)
                            .intoArray(tile, TILE + r * TILE_COLUMNS + j);
                }
            }
            VectorMath.geluDerivative(tile, TILE, TILE);
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                int at = dPreActivation.offset() + row * stride + column + j;
                for (int r = 0; r < rows; r++) {
                    FloatVector.fromArray(SPECIES, tile, TILE + r * TILE_COLUMNS + j)
                            .mul(FloatVector.fromArray(SPECIES, tile, r * TILE_COLUMNS + j))
                            .intoArray(target, at + r * stride, mask);
                }
            }
        };
    }

    /** {@code y += tile}. */
    static Gemm.Epilogue accumulate(Tensor y) {
        float[] target = JvmBuffer.of(y).values;
        int stride = y.dim(-1);
        return (tile, row, rows, column, columns) -> {
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                for (int r = 0; r < rows; r++) {
                    int at = y.offset() + (row + r) * stride + column + j;
                    FloatVector.fromArray(SPECIES, target, at, mask)
                            .add(FloatVector.fromArray(SPECIES, tile, r * TILE_COLUMNS + j))
                            .intoArray(target, at, mask);
                }
            }
        };
    }

    /** A bias where it lies, or zeros. */
    private record Bias(float[] values, int at) {
        static Bias of(Tensor bias, int columns) {
            return bias == null
                    ? new Bias(new float[columns], 0)
                    : new Bias(JvmBuffer.of(bias).values, bias.offset());
        }
    }

    // tile += bias
    private static void shift(float[] tile, Bias bias, int column, int columns) {
        for (int j = 0; j < columns; j += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
            FloatVector shift =
                    FloatVector.fromArray(SPECIES, bias.values, bias.at + column + j, mask);
            for (int i = j; i < TILE; i += TILE_COLUMNS) {
                FloatVector.fromArray(SPECIES, tile, i).add(shift).intoArray(tile, i);
            }
        }
    }

    /** Where a tile goes. */
    private record Matrix(float[] values, int at, int stride) {
        static Matrix of(Tensor tensor) {
            return new Matrix(JvmBuffer.of(tensor).values, tensor.offset(), tensor.dim(-1));
        }

        void put(float[] tile, int row, int rows, int column, int columns) {
            for (int j = 0; j < columns; j += LANES) {
                VectorMask<Float> mask = SPECIES.indexInRange(j, columns);
                int to = at + row * stride + column + j;
                for (int r = 0; r < rows; r++) {
                    FloatVector.fromArray(SPECIES, tile, r * TILE_COLUMNS + j)
                            .intoArray(values, to + r * stride, mask);
                }
            }
        }
    }
}
