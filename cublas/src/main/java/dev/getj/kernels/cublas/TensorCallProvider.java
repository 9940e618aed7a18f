package dev.getj.kernels.cublas;

import dev.getj.kernels.tornado.library.TensorCall;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/**
 * Hands tensors of TornadoVM's CUDA devices to libraries that are called elsewhere, such as NCCL,
 * with context and stream.
 */
public final class TensorCallProvider implements TornadoLibraryProvider {
    private record Context(long context, long stream) implements LibraryContext {}

    @Override
    public String libraryName() {
        return TensorCall.LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
        TornadoNativeStreamSupport natives = (TornadoNativeStreamSupport) device;
        return new Context(
                natives.getNativeContext(executionPlanId),
                natives.getNativeStream(executionPlanId));
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation invocation) {
        Context context = (Context) invocation.getContext();
        TensorCall call = (TensorCall) invocation.getTuning();
        call.make(invocation.getDevicePointer(0), context.context, context.stream);
    }

    @Override
    public void destroyContext(LibraryContext context) {
        // nothing was made for it
    }
}
