package uk.ac.manchester.tornado.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.Set;

class StubTest {
    private static void twice(FloatArray x, FloatArray y) {
        for (int i = 0; i < y.getSize(); i++) {
            y.set(i, 2 * x.get(i));
        }
    }

    @Test
    void aGraphIsBuiltButNotRun() {
        FloatArray x = new FloatArray(4);
        FloatArray y = new FloatArray(4);
        ImmutableTaskGraph graph =
                new TaskGraph("graph")
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, x)
                        .task("twice", StubTest::twice, x, y)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, y)
                        .snapshot();
        String message =
                assertThrows(IllegalStateException.class, () -> new TornadoExecutionPlan(graph))
                        .getMessage();
        assertEquals(
                "this is a stub of TornadoVM's API: run with a TornadoVM SDK (TORNADOVM_HOME)",
                message);
        assertThrows(IllegalStateException.class, TornadoRuntimeProvider::getTornadoRuntime);
    }

    @Test
    void gridsOfTasks() {
        WorkerGrid grid = new WorkerGrid2D(64, 8);
        grid.setLocalWork(16, 4, 1);
        GridScheduler scheduler = new GridScheduler("graph.twice", grid);
        assertTrue(scheduler.contains("graph", "twice"));
        assertFalse(scheduler.contains("graph", "thrice"));
        assertEquals(Set.of("graph.twice"), scheduler.keySet());
        assertEquals(4, scheduler.get("graph.twice").getNumberOfWorkgroups()[0]);
        assertEquals(2, scheduler.get("graph.twice").getNumberOfWorkgroups()[1]);
    }

    @Test
    void aContextOutsideAGridIsItemZero() {
        KernelContext context = new KernelContext();
        assertEquals(0, context.globalIdx);
        assertEquals(0, context.localGroupSizeZ);
        assertEquals(3, context.allocateFloatLocalArray(3).length);
    }
}
