package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.library.TensorCall;

import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;

import java.util.List;

/**
 * The task of {@code Backend.calling}. It is never captured: the call may wait for the device, and
 * its tensor may lie elsewhere in the next execution plan.
 */
final class CallTask {
    private static final int TENSOR = 0;

    private CallTask() {}

    /**
     * @param number that no other call has
     */
    static DeviceTask of(DeviceMemory memory, int number, Tensor tensor, DeviceCall call) {
        return new DeviceTask(
                "deviceCall",
                DeviceTask.Kind.LONG_CALL,
                Geometry.NONE,
                new Arguments(memory).tensor(TENSOR, tensor),
                List.of(number),
                (graph, id, at) ->
                        graph.libraryTask(
                                id, called -> called, descriptor(at, tensor.size(), call)));
    }

    private static LibraryTaskDescriptor descriptor(DeviceTask.Site at, int size, DeviceCall call) {
        return new LibraryTaskDescriptor()
                .withLibrary(TensorCall.LIBRARY)
                .withFunction(TensorCall.FUNCTION)
                .withParameters(new Object[] {at.array(TENSOR)})
                .withAccess(new Access[] {Access.READ_WRITE})
                .withTuning(new TensorCall(call, size, at.offsets(), at.row(), at.position()));
    }
}
