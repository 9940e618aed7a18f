package dev.getj.kernels.tornado.reduction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.tornado.emulator.Emulator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ColumnSumsTest {
    private static final int VECTORS = 2;
    private static final int COLUMNS = 35;

    /** As many parts as eight items read at once, more, and one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 128, 129, 250})
    void partsAreAddedOnce(int parts) {
        FloatArray partial = new FloatArray(2 * parts * VECTORS * COLUMNS);
        for (int i = 0; i < partial.getSize(); i++) {
            partial.set(i, i % 2 == 0 ? i % 101 - 50 : (i % 7 - 3) * 0x1p-20f);
        }
        FloatArray targets = new FloatArray(VECTORS * COLUMNS);
        targets.init(0.5f);
        IntArray offsets = IntArray.fromElements(0, COLUMNS);
        WorkerGrid grid = new WorkerGrid2D(2 * 256, VECTORS);
        grid.setLocalWork(256, 1, 1);
        Emulator.run(
                grid,
                context ->
                        ColumnSums.addColumnSums(
                                context,
                                offsets,
                                IntArray.fromElements(0),
                                IntArray.fromElements(0),
                                partial,
                                targets,
                                0,
                                parts,
                                VECTORS,
                                COLUMNS));
        for (int i = 0; i < VECTORS * COLUMNS; i++) {
            double sum = 0.5;
            for (int part = 0; part < parts; part++) {
                int at = 2 * (part * VECTORS * COLUMNS + i);
                sum += (double) partial.get(at) + partial.get(at + 1);
            }
            assertEquals((float) sum, targets.get(i), "of " + i);
        }
    }
}
