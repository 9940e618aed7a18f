package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/** Runs task graphs on a device. Signatures only. */
public class TornadoExecutionPlan implements AutoCloseable {
    /** A plan over these graphs. */
    public TornadoExecutionPlan(ImmutableTaskGraph... immutableTaskGraphs) {
        throw Stub.needsSdk();
    }

    /** A device of a backend. */
    public static TornadoDevice getDevice(int driverIndex, int deviceIndex) {
        throw Stub.needsSdk();
    }

    /** Runs the chosen graphs. */
    public TornadoExecutionResult execute() {
        throw Stub.needsSdk();
    }

    /** Chooses the graph that the next executions run. */
    public TornadoExecutionPlan withGraph(int graphIndex) {
        throw Stub.needsSdk();
    }

    /** Goes back to running every graph. */
    public TornadoExecutionPlan withAllGraphs() {
        throw Stub.needsSdk();
    }

    /** Compiles every task now. */
    public TornadoExecutionPlan withPreCompilation() {
        throw Stub.needsSdk();
    }

    /** Chooses the device. */
    public TornadoExecutionPlan withDevice(TornadoDevice device) {
        throw Stub.needsSdk();
    }

    /** Sets the grids of the tasks. */
    public TornadoExecutionPlan withGridScheduler(GridScheduler gridScheduler) {
        throw Stub.needsSdk();
    }

    /** Leaves the grids to TornadoVM. */
    public TornadoExecutionPlan withDefaultScheduler() {
        throw Stub.needsSdk();
    }

    /** Switches the profiler on. */
    public TornadoExecutionPlan withProfiler(ProfilerMode profilerMode) {
        throw Stub.needsSdk();
    }

    /** Switches the profiler off. */
    public TornadoExecutionPlan withoutProfiler() {
        throw Stub.needsSdk();
    }

    /** Forgets the profiles so far. */
    public TornadoExecutionPlan clearProfiles() {
        throw Stub.needsSdk();
    }

    /** Limits the memory on the device, as in {@code 4GB}. */
    public TornadoExecutionPlan withMemoryLimit(String memoryLimit) {
        throw Stub.needsSdk();
    }

    /** Lifts the limit on memory. */
    public TornadoExecutionPlan withoutMemoryLimit() {
        throw Stub.needsSdk();
    }

    /** Captures the launches of the first execution and replays them. */
    public TornadoExecutionPlan withCUDAGraph() {
        throw Stub.needsSdk();
    }

    /** Prints the generated kernels. */
    public TornadoExecutionPlan withPrintKernel() {
        throw Stub.needsSdk();
    }

    /** Stops printing kernels. */
    public TornadoExecutionPlan withoutPrintKernel() {
        throw Stub.needsSdk();
    }

    /** Prints the grids. */
    public TornadoExecutionPlan withThreadInfo() {
        throw Stub.needsSdk();
    }

    /** Stops printing grids. */
    public TornadoExecutionPlan withoutThreadInfo() {
        throw Stub.needsSdk();
    }

    /** Sets the flags of a backend's compiler. */
    public TornadoExecutionPlan withCompilerFlags(
            TornadoVMBackendType backend, String compilerFlags) {
        throw Stub.needsSdk();
    }

    /** Lets go of the buffers on the device. */
    public TornadoExecutionPlan freeDeviceMemory() {
        throw Stub.needsSdk();
    }

    /** Forgets compiled code and buffers. */
    public TornadoExecutionPlan resetDevice() {
        throw Stub.needsSdk();
    }

    /** The device that a graph runs on. */
    public TornadoDevice getDevice(int immutableTaskGraphIndex) {
        throw Stub.needsSdk();
    }

    /** The result of one of the executions so far. */
    public TornadoExecutionResult getPlanResult(int index) {
        throw Stub.needsSdk();
    }

    /** The bytes that this plan holds on its device. */
    public long getCurrentDeviceMemoryUsage() {
        throw Stub.needsSdk();
    }

    /** Lets go of everything on the device. */
    @Override
    public void close() throws TornadoExecutionPlanException {}
}
