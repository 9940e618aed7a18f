package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.op.Operation;

import java.util.ArrayList;
import java.util.List;

/** The tasks of a program, in order, as they are recorded. */
public final class Tasks {
    private final DeviceMemory memory;
    private final DeviceProfile profile;
    private final List<DeviceTask> recorded = new ArrayList<>();

    private Tasks(DeviceMemory memory, DeviceProfile profile) {
        this.memory = memory;
        this.profile = profile;
    }

    /** Finds for an operation the kernels that compute it. */
    public interface Recorder {
        /** Adds the tasks of an operation. */
        void record(Tasks tasks, Operation operation);

        /** What people should know of the choice, behind the device's name. */
        default String remark() {
            return "";
        }

        /** True if products round factors that are floats. */
        default boolean tf32() {
            return false;
        }
    }

    /** The tasks of a program. */
    static List<DeviceTask> of(
            DeviceMemory memory,
            DeviceProfile profile,
            Recorder recorder,
            List<Operation> operations) {
        Tasks tasks = new Tasks(memory, profile);
        operations.forEach(operation -> recorder.record(tasks, operation));
        return List.copyOf(tasks.recorded);
    }

    /** For the arguments of the next task. */
    public Arguments arguments() {
        return new Arguments(memory);
    }

    /** What is known of the device. */
    public DeviceProfile profile() {
        return profile;
    }

    /**
     * Adds a kernel.
     *
     * @param constants the scalars that are compiled into it
     */
    public void add(
            String name,
            Geometry geometry,
            Arguments arguments,
            List<? extends Number> constants,
            DeviceTask.Launch launch) {
        recorded.add(
                new DeviceTask(
                        name, DeviceTask.Kind.KERNEL, geometry, arguments, constants, launch));
    }

    /**
     * Adds a call of a library.
     *
     * @param constants what makes it another call than one of the same name
     * @param outlasting whether it takes the device longer than the host needs to start it
     */
    public void call(
            String name,
            Arguments arguments,
            List<? extends Number> constants,
            boolean outlasting,
            DeviceTask.Launch launch) {
        DeviceTask.Kind kind = outlasting ? DeviceTask.Kind.LONG_CALL : DeviceTask.Kind.SHORT_CALL;
        recorded.add(new DeviceTask(name, kind, Geometry.NONE, arguments, constants, launch));
    }
}
