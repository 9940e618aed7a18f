package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** A library, found by {@link java.util.ServiceLoader}. */
public interface TornadoLibraryProvider {
    /** The name by which tasks ask for it. */
    String libraryName();

    /** True if it can be called on the device. */
    boolean canHandle(TornadoXPUDevice device);

    /** Makes ready for an execution plan. */
    LibraryContext createContext(TornadoXPUDevice device, long executionPlanId);

    /** Told of a task before its graph runs. */
    default void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {}

    /** Calls the library. */
    void dispatch(String functionName, LibraryInvocation invocation);

    /** Releases what was made for an execution plan. */
    void destroyContext(LibraryContext context);
}
