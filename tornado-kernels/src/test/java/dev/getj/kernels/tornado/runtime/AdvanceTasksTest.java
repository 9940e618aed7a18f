package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Products;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.OperationTasks;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Two kernels end a step of an iteration, where one of them can write all that there is. */
class AdvanceTasksTest {
    private static final int SAMPLES = 2;
    private static final int LENGTH = 4096;

    private static List<String> tasks(long largestArray) {
        DeviceMemory memory = new DeviceMemory(largestArray);
        StateOp operation =
                new StateOp.Advance(
                        tensor(memory, SAMPLES, LENGTH),
                        tensor(memory, SAMPLES, LENGTH),
                        tensor(memory, SAMPLES, 2),
                        false,
                        tensor(memory, SAMPLES),
                        tensor(memory, SAMPLES, LENGTH));
        return Tasks.of(
                        memory,
                        DeviceProfile.H200,
                        OperationTasks.of(DeviceProfile.H200, Products.JAVA),
                        List.of(operation))
                .stream()
                .map(DeviceTask::name)
                .toList();
    }

    private static Tensor tensor(DeviceMemory memory, int... shape) {
        DeviceMemory.Place place = memory.allocate(Tensor.sizeOf(shape));
        return new Tensor(new TornadoBuffer(place, null), 0, shape);
    }

    @Test
    void inOneArray() {
        assertEquals(List.of("advanceBlocks", "advanceStates"), tasks(1 << 20));
    }

    @Test
    void inSeveralArrays() {
        assertEquals(
                List.of("residualBlocks", "residualRoots", "keepBest", "lowerResiduals", "copy"),
                tasks(3L * SAMPLES * LENGTH * Float.BYTES / 2));
    }
}
