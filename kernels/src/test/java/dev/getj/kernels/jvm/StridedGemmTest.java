package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;

class StridedGemmTest {
    private static final float NEVER_WRITTEN = -7;

    // steps of A along a row; lengths of rows of B and C
    @ParameterizedTest
    @CsvSource({
        "16, 64, 64, 1, 64",
        "13, 5, 64, 1, 64",
        "1, 1, 40, 1, 64",
        "64, 256, 64, 64, 64",
        "63, 7, 50, 64, 64",
        "5, 9, 17, 64, 64",
        "8, 6, 72, 1, 128",
        "8, 6, 72, 64, 128",
        "6, 3, 64, 3, 64",
        "4, 11, 33, 1, 80"
    })
    void everyElementIsOneChainOfMultiplyAdds(int rows, int depth, int columns, int step, int row) {
        Random random = new Random(rows + depth);
        int rowA = step == 1 ? depth + 3 : step == 64 ? 1 : step * depth;
        int sizeA = rows * rowA + depth * step;
        Matrix.Room room = new Matrix.Room(new float[sizeA + (depth + rows) * row + 200]);
        Matrix dense = room.matrix(1, sizeA);
        Matrix a = new Matrix(dense.values(), dense.at(), rowA, step);
        Matrix b = room.matrix(depth, row);
        Matrix c = room.matrix(rows, row);
        float[] values = dense.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        float[] expected = new float[rows * columns];
        for (boolean add : new boolean[] {false, true}) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    float sum = add ? expected[i * columns + j] : 0;
                    for (int p = 0; p < depth; p++) {
                        float left = values[a.row(i) + p * step];
                        sum = Math.fma(left, values[b.row(p) + j], sum);
                    }
                    expected[i * columns + j] = sum;
                }
            }
            values[c.row(rows)] = NEVER_WRITTEN;
            StridedGemm.multiply(a, b, c, rows, depth, columns, add);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    assertEquals(expected[i * columns + j], values[c.row(i) + j], i + ", " + j);
                }
            }
            assertEquals(NEVER_WRITTEN, values[c.row(rows)], "behind C");
        }
    }

    @Test
    void refusesMoreThanItCanAddress() {
        Matrix matrix = new Matrix(new float[0], 0, 64, 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> StridedGemm.multiply(matrix, matrix, matrix, 1, (1 << 24) + 1, 1, false));
    }
}
