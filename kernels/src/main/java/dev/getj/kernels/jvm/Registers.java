package dev.getj.kernels.jvm;

import java.util.Locale;

/**
 * How many vector registers the processor has for Java, and so how large the register tiles of
 * products are. A tile of r rows × v vectors takes r·v registers for sums, v for vectors of B and
 * one for each element of A that is loaded, which is in every lane:
 *
 * <pre>
 *                                    32 registers          16 registers
 * packed products, {@link Gemm}      8 × 2: 16 + 2 + 8     6 × 2: 12 + 2 + 2
 * attention, {@link StridedGemm}     4 × 4: 16 + 4 + 4     6 × 2: 12 + 2 + 2
 * </pre>
 *
 * <p>If they do not suffice, sums live on the stack, and every step waits for the last one's to
 * arrive there. If there are few sums, 8 say, each multiplication waits for the one before, as two
 * units start 8 in the 4 cycles that one takes.
 *
 * <p>The compiler loads all elements of A that a step reads before it multiplies; it unrolls the
 * loop of a small tile, and then loads for two or four steps at once. So the loops for 16 registers
 * have two more exits between their rows, never taken: the compiler moves no load across them, has
 * two elements of A at a time, and neither vectorises nor unrolls. {@code SpillTest} reads the
 * machine code.
 *
 * <p>Each way in which A may lie has a loop of its own, for any number of registers: in a common
 * one, the compiler checks before it that all of them are in range, and starts over with worse code
 * when one that does not apply is not.
 */
final class Registers {
    /** Whether there are 32 of them, otherwise 16. */
    static final boolean MANY = count(System.getProperty("os.arch", ""), VectorMath.LANES) == 32;

    /** Rows of a tile of {@link Gemm}. */
    static final int TILE_ROWS = MANY ? EightRows.ROWS : SixRows.ROWS;

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
