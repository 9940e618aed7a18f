package dev.getj.kernels;

/**
 * How long kernels take by the device's own clock: without what it takes to start them, which the
 * wall clock counts as well.
 */
public interface DeviceClock {
    /** Nanoseconds of all kernels of the program that ran last; 0 if the driver does not tell. */
    long kernelNanos();

    /** Nanoseconds so far in which kernels were compiled to the driver's language. */
    long compilerNanos();

    /** Nanoseconds so far in which the driver compiled them to the device's. */
    long driverNanos();
}
