package dev.getj.kernels.cublas;

import dev.getj.kernels.tornado.library.LibraryCall;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

import java.util.function.Supplier;

/**
 * Calls cuBLASLt for TornadoVM, in the stream of the plan's kernels, between which its products
 * run; CUDA captures them with the kernels. Nothing is allocated on the device: the workspace is
 * the scratch memory that kernels share.
 */
public final class CublasProvider implements TornadoLibraryProvider {
    private final Supplier<CublasLt> library;

    /** With the library that is installed. */
    public CublasProvider() {
        this(() -> CublasLtNative.create(CublasFiles.load()));
    }

    CublasProvider(Supplier<CublasLt> library) {
        this.library = library;
    }

    private record Context(CublasLt library, long stream) implements LibraryContext {}

    @Override
    public String libraryName() {
        return LibraryCall.LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
        long stream = ((TornadoNativeStreamSupport) device).getNativeStream(executionPlanId);
        return new Context(library.get(), stream);
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation invocation) {
        Context context = (Context) invocation.getContext();
        LibraryCall call = (LibraryCall) invocation.getTuning();
        Gemm gemm = Gemm.of(call.product());
        long d = place(invocation, call, LibraryCall.Y);
        long scratch = place(invocation, call, LibraryCall.WORKSPACE);
        context.library.multiply(
                gemm,
                new CublasLt.Places(
                        place(invocation, call, LibraryCall.B),
                        place(invocation, call, LibraryCall.A),
                        gemm.biased() ? place(invocation, call, LibraryCall.BIAS) : 0,
                        gemm.adds() ? place(invocation, call, LibraryCall.ADDED) : d,
                        d,
                        Math.ceilDiv(scratch, LibraryCall.ALIGNMENT) * LibraryCall.ALIGNMENT,
                        call.workspaceBytes()),
                context.stream);
    }

    private static long place(LibraryInvocation invocation, LibraryCall call, int operand) {
        return invocation.getDevicePointer(call.arguments().get(operand))
                + call.byteOffset(operand);
    }

    @Override
    public void destroyContext(LibraryContext context) {
        ((Context) context).library.close();
    }
}
