package dev.getj.kernels.op;

/**
 * What an operation takes at least.
 *
 * @param operation its name
 * @param flops floating-point operations by the textbook's count, a multiplication and an addition
 *     being two; 0 where numbers are only moved
 * @param bytes moved to and from memory if every operand is read and every result written once
 */
public record Cost(String operation, double flops, double bytes) {
    /**
     * The fraction of what a device can do at best, for an operation that took {@code seconds}: the
     * roofline of Williams, Waterman and Patterson (2009). Above 1 where operands stay in a cache.
     *
     * @param flopsRoof floating-point operations a second that the device reaches
     * @param bytesRoof bytes a second that it copies, read and written together
     */
    public double ofRoof(double seconds, double flopsRoof, double bytesRoof) {
        return Math.max(flops / flopsRoof, bytes / bytesRoof) / seconds;
    }

    /** Both together, under the name of this one. */
    public Cost plus(Cost other) {
        return new Cost(operation, flops + other.flops, bytes + other.bytes);
    }
}
