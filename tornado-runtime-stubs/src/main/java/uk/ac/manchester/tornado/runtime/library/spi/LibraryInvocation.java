package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** A call with its arguments. */
public final class LibraryInvocation {
    private final Object[] arguments;
    private final long[] pointers;
    private final boolean[] references;
    private final TornadoXPUDevice device;
    private final long plan;
    private final LibraryContext context;
    private final Object tuning;

    /** A call. */
    public LibraryInvocation(
            Object[] javaArgs,
            long[] devicePointers,
            boolean[] isReference,
            TornadoXPUDevice device,
            long executionPlanId,
            LibraryContext context,
            Object tuning) {
        arguments = javaArgs;
        pointers = devicePointers;
        references = isReference;
        this.device = device;
        plan = executionPlanId;
        this.context = context;
        this.tuning = tuning;
    }

    /** How many arguments there are. */
    public int getNumArgs() {
        return arguments.length;
    }

    /** An argument on the host. */
    public Object getArg(int index) {
        return arguments[index];
    }

    /** Where the elements of an array lie on the device, behind its header. */
    public long getDevicePointer(int index) {
        return pointers[index];
    }

    /** True for an array. */
    public boolean isReference(int index) {
        return references[index];
    }

    /** Where the call runs. */
    public TornadoXPUDevice getDevice() {
        return device;
    }

    /** The plan it belongs to. */
    public long getExecutionPlanId() {
        return plan;
    }

    /** What the provider made for the plan. */
    public LibraryContext getContext() {
        return context;
    }

    /** What the task was given for the provider alone. */
    public Object getTuning() {
        return tuning;
    }
}
