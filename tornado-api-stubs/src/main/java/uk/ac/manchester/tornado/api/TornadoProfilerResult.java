package uk.ac.manchester.tornado.api;

/** The profile of an execution: times in nanoseconds, sizes in bytes. */
public class TornadoProfilerResult {
    TornadoProfilerResult() {}

    /** The whole execution. */
    public long getTotalTime() {
        throw Stub.needsSdk();
    }

    /** Compilation by TornadoVM and the driver. */
    public long getCompileTime() {
        throw Stub.needsSdk();
    }

    /** Compilation by TornadoVM. */
    public long getTornadoCompilerTime() {
        throw Stub.needsSdk();
    }

    /** Compilation by the driver. */
    public long getDriverInstallTime() {
        throw Stub.needsSdk();
    }

    /** All transfers. */
    public long getDataTransfersTime() {
        throw Stub.needsSdk();
    }

    /** Transfers to the device. */
    public long getDeviceWriteTime() {
        throw Stub.needsSdk();
    }

    /** Transfers to the host. */
    public long getDeviceReadTime() {
        throw Stub.needsSdk();
    }

    /** Dispatching transfers. */
    public long getDataTransferDispatchTime() {
        throw Stub.needsSdk();
    }

    /** Dispatching kernels. */
    public long getKernelDispatchTime() {
        throw Stub.needsSdk();
    }

    /** All kernels. */
    public long getDeviceKernelTime() {
        throw Stub.needsSdk();
    }

    /** Bytes to the device. */
    public long getTotalBytesCopyIn() {
        throw Stub.needsSdk();
    }

    /** Bytes to the host. */
    public long getTotalBytesCopyOut() {
        throw Stub.needsSdk();
    }

    /** The whole profile as JSON, with each task. */
    public String getProfileLog() {
        throw Stub.needsSdk();
    }
}
