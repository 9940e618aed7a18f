package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.tornado.Geometry;

import java.util.ArrayList;
import java.util.List;

/** The tasks of a program, in order, as they are recorded. */
final class Tasks {
    private final DeviceMemory memory;
    private final List<DeviceTask> recorded = new ArrayList<>();

    Tasks(DeviceMemory memory) {
        this.memory = memory;
    }

    /** For the arguments of the next task. */
    Arguments arguments() {
        return new Arguments(memory);
    }

    void add(
            String name,
            Geometry geometry,
            Arguments arguments,
            List<? extends Number> constants,
            DeviceTask.Launch launch) {
        recorded.add(new DeviceTask(name, geometry, arguments, constants, launch));
    }

    List<DeviceTask> recorded() {
        return List.copyOf(recorded);
    }
}
