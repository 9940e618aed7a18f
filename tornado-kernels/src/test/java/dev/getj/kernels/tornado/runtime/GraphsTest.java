package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;

class GraphsTest {
    private static List<Integer> sizes(int tasks, int constants) {
        DeviceTask task =
                new DeviceTask(
                        "task",
                        DeviceTask.Kind.KERNEL,
                        Geometry.NONE,
                        new Arguments(new DeviceMemory(1 << 20)),
                        Collections.nCopies(constants, 1),
                        (_, _, _) -> {});
        return Graphs.cut(Collections.nCopies(tasks, task)).stream().map(List::size).toList();
    }

    @Test
    void manyTasks() {
        assertEquals(List.of(), sizes(0, 0));
        assertEquals(List.of(150), sizes(150, 0));
        assertEquals(List.of(160, 40), sizes(200, 0));
        assertEquals(List.of(160, 160, 35), sizes(355, 0));
    }

    /** A kernel of 13 constants has 20 arguments: 115 bytes. */
    @Test
    void manyArguments() {
        assertEquals(List.of(69, 69, 12), sizes(150, 13));
    }
}
