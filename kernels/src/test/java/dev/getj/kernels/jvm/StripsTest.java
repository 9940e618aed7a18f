package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 6, 7, 8, 12, 13, 24})
    void multipliesMatricesThatEndWithTheirArray(int rows) {
        int depth = 27;
        float[] matrix = new float[depth * rows];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i + 1;
        }
        Strips strips = new Strips(new float[Strips.size(rows, depth)], rows, depth);
        strips.pack(0, 11, matrix, 0, depth);
        strips.pack(11, depth, matrix, 0, depth);

        float[] panel = new float[depth * Gemm.TILE_COLUMNS];
        for (int k = 0; k < depth; k++) {
            panel[k * Gemm.TILE_COLUMNS] = k;
        }
        float[] tile = new float[Gemm.TILE_AT + Gemm.TILE];
        for (int row = 0; row < rows; row += Gemm.TILE_ROWS) {
            strips.multiply(row, panel, 0, depth, tile);
            for (int r = row; r < Math.min(row + Gemm.TILE_ROWS, rows); r++) {
                float sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += k * matrix[k * rows + r];
                }
                assertEquals(sum, tile[Gemm.TILE_AT + (r - row) * Gemm.TILE_COLUMNS], "row " + r);
            }
        }
    }

    @Test
    void moreThanAProductCanReadIsRefused() {
        float[] none = new float[0];
        assertThrows(IllegalArgumentException.class, () -> new Strips(none, 8, (1 << 24) + 1));
        assertThrows(IllegalArgumentException.class, () -> new Strips(none, 1 << 20, 1 << 12));
    }
}
