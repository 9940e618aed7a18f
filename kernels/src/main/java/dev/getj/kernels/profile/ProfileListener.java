package dev.getj.kernels.profile;

import dev.getj.kernels.op.Cost;

/** Is told what ran, and when. Times are those of {@link System#nanoTime}. */
public interface ProfileListener {
    /**
     * An operation was computed.
     *
     * @param program the program that it belongs to
     * @param start when it began
     * @param nanos how long it took
     * @param deviceNanos how long its kernels took by the device's own clock; 0 if there is none
     */
    void computed(String program, Cost cost, long start, long nanos, long deviceNanos);

    /**
     * Floats went to the device or came from it.
     *
     * @param upload true if they went to it
     */
    void transfer(boolean upload, long bytes, long start, long nanos);
}
