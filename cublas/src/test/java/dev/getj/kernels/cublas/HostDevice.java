package dev.getj.kernels.cublas;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/** TornadoVM's part in a call of a library, on arrays in the host's memory. */
final class HostDevice implements TornadoXPUDevice, TornadoNativeStreamSupport {
    static final long STREAM = 77;
    static final long CONTEXT = 78;
    private static final long PLAN = 5;

    /** Calls the provider as TornadoVM does, with what it made for the plan. */
    void call(TornadoLibraryProvider provider, LibraryContext context, LibraryTaskDescriptor task) {
        Object[] arrays = task.getParameters();
        long[] pointers = new long[arrays.length];
        boolean[] references = new boolean[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            pointers[i] = ((TornadoNativeArray) arrays[i]).getSegment().address();
            references[i] = true;
        }
        provider.prepare(task, context);
        provider.dispatch(
                task.getFunctionName(),
                new LibraryInvocation(
                        arrays, pointers, references, this, PLAN, context, task.getTuning()));
    }

    LibraryContext context(TornadoLibraryProvider provider) {
        return provider.createContext(this, PLAN);
    }

    @Override
    public long getNativeStream(long executionPlanId) {
        return STREAM;
    }

    @Override
    public long getNativeContext(long executionPlanId) {
        return CONTEXT;
    }

    @Override
    public String getDeviceName() {
        return "host";
    }

    @Override
    public String getDescription() {
        return "host";
    }

    @Override
    public String getPlatformName() {
        return "host";
    }

    @Override
    public Object getDeviceInfo() {
        return "host";
    }

    @Override
    public TornadoDeviceType getDeviceType() {
        return TornadoDeviceType.GPU;
    }

    @Override
    public TornadoVMBackendType getTornadoVMBackend() {
        return TornadoVMBackendType.CUDA;
    }

    @Override
    public int getBackendIndex() {
        return 0;
    }

    @Override
    public TornadoTargetDevice getPhysicalDevice() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getMaxGlobalMemory() {
        return 0;
    }

    @Override
    public long getMaxAllocMemory() {
        return 0;
    }

    @Override
    public long getDeviceLocalMemorySize() {
        return 0;
    }

    @Override
    public long[] getDeviceMaxWorkgroupDimensions() {
        return new long[3];
    }
}
