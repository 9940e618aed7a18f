package dev.getj.kernels.jvm;

import java.util.Locale;

/**
 * How many vector registers the processor has for Java, and so how large the register tiles of
 * products are. The compiler loads all that a step of an inner loop reads before it multiplies, so
 * a tile of r rows × v vectors takes r·v registers for sums, v for vectors of B and r for elements
 * of A, one of which is in every lane:
 *
 * <pre>
 *                                    32 registers          16 registers
 * packed products, {@link Gemm}      8 × 2: 16 + 2 + 8     4 × 2: 8 + 2 + 4
 * attention, {@link StridedGemm}     4 × 4: 16 + 4 + 4     4 × 2: 8 + 2 + 4
 * </pre>
 *
 * <p>If they do not suffice, sums live on the stack, and every step waits for the last one's to
 * arrive there. A tile of 16 registers is so small that the compiler unrolls its loop, and then it
 * loads for two or four steps at once. So these loops have a second exit between their rows, never
 * taken: the compiler moves no load across it, and does not vectorise the loop, for which it would
 * unroll further. {@code SpillTest} reads the machine code.
 */
final class Registers {
    /** Whether there are 32 of them, otherwise 16. */
    static final boolean MANY = count(System.getProperty("os.arch", ""), VectorMath.LANES) == 32;

    /** Rows of a tile of {@link Gemm}. */
    static final int TILE_ROWS = MANY ? EightRows.ROWS : FourRows.ROWS;

    private Registers() {}

    /**
     * Vector registers of a processor. Java does not tell; but on x86 the instructions that reach
     * 32 of them are those that bring vectors of 512 bits. (With {@code -XX:MaxVectorSize} less
     * than that, it is 32 of which 16 are used.)
     *
     * @param architecture as Java calls it; 16 for those that are not known
     * @param lanes floats in a vector
     */
    static int count(String architecture, int lanes) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "aarch64", "arm64", "ppc64", "ppc64le", "riscv64", "s390x" -> 32;
            default -> lanes >= 16 ? 32 : 16;
        };
    }
}
