package dev.getj.kernels.selftest;

/**
 * How one example came out on the device under test.
 *
 * @param kernel name of the operation
 * @param shape what distinguishes the example from others of the operation
 * @param error largest difference to the trusted backend, relative to the largest value; not a
 *     number if the device gave none
 * @param failure what went wrong before there was a result; empty if nothing
 */
public record Outcome(String kernel, String shape, double error, String failure) {
    /** True if the device computes what it should. */
    public boolean passed() {
        return failure.isEmpty() && error <= SelfTest.TOLERANCE;
    }
}
