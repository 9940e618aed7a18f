package uk.ac.manchester.tornado.api;

/** What an execution left behind. */
public class TornadoExecutionResult {
    TornadoExecutionResult() {}

    /** Its profile. */
    public TornadoProfilerResult getProfilerResult() {
        throw Stub.needsSdk();
    }

    /** Copies arrays that cross under demand. */
    public TornadoExecutionResult transferToHost(Object... objects) {
        throw Stub.needsSdk();
    }

    /** Whether the execution is over. */
    public boolean isReady() {
        throw Stub.needsSdk();
    }
}
