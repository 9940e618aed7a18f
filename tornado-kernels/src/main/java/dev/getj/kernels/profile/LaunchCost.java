package dev.getj.kernels.profile;

/**
 * What a launch takes at least.
 *
 * @param kernel the method of {@link dev.getj.kernels.Kernels}
 * @param flops floating-point operations by the textbook's count, a multiplication and an addition
 *     being two; 0 where numbers are only moved
 * @param bytes moved to and from memory if every operand is read and every result written once
 */
public record LaunchCost(String kernel, double flops, double bytes) {
    /**
     * The share of what a device can do at best, for a launch that took {@code seconds}: the
     * roofline of Williams, Waterman and Patterson (2009). Above 1 where operands stay in a cache.
     *
     * @param flopsRoof floating-point operations a second that the device reaches
     * @param bytesRoof bytes a second that it copies, read and written together
     */
    public double ofRoof(double seconds, double flopsRoof, double bytesRoof) {
        return Math.max(flops / flopsRoof, bytes / bytesRoof) / seconds;
    }

    /** Both together, under the name of this one. */
    public LaunchCost plus(LaunchCost other) {
        return new LaunchCost(kernel, flops + other.flops, bytes + other.bytes);
    }
}
