package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.DeviceClock;

import uk.ac.manchester.tornado.api.TornadoProfilerResult;

/** Sums up what TornadoVM's profiler tells of each execution of a graph. */
final class ProfilerClock implements DeviceClock {
    private long kernels;
    private long compiler;
    private long driver;

    /** A program begins, which may be several graphs. */
    void begin() {
        kernels = 0;
    }

    /**
     * A graph has run.
     *
     * @param ofProgram false for one that carries tensors
     */
    void add(TornadoProfilerResult times, boolean ofProgram) {
        if (ofProgram) {
            kernels += times.getDeviceKernelTime();
        }
        compiler += times.getTornadoCompilerTime();
        driver += times.getDriverInstallTime();
    }

    @Override
    public long kernelNanos() {
        return kernels;
    }

    @Override
    public long compilerNanos() {
        return compiler;
    }

    @Override
    public long driverNanos() {
        return driver;
    }
}
