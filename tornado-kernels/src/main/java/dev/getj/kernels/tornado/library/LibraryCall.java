package dev.getj.kernels.tornado.library;

import dev.getj.kernels.tensor.DType;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * What a task gives the library beside its arrays: the product, and where in the arrays its
 * matrices lie.
 *
 * @param arguments number of the argument in which each operand lies, {@link #NONE} for what is
 *     absent
 * @param offsets of all programs, in elements of the arrays
 * @param row where the running program's offsets begin
 * @param column where those of this task do
 * @param workspaceBytes of the workspace, behind the first multiple of {@link #ALIGNMENT} in it
 */
public record LibraryCall(
        LibraryProduct product,
        List<Integer> arguments,
        IntArray offsets,
        IntArray row,
        int column,
        int workspaceBytes) {
    /** The library's name for TornadoVM. */
    public static final String LIBRARY = "getj/products";

    /** The one function there is. */
    public static final String FUNCTION = "product";

    // the operands
    public static final int A = 0;
    public static final int B = 1;
    public static final int BIAS = 2;
    public static final int ADDED = 3;
    public static final int Y = 4;
    public static final int WORKSPACE = 5;

    /** Bytes, at multiples of which the workspace begins. */
    public static final int ALIGNMENT = 256;

    /** The argument of an absent operand. */
    public static final int NONE = -1;

    /** Four numbers of 16 bits. */
    private static final int WORD = Long.BYTES;

    /** Bytes from the first element of an operand's array to the operand itself. */
    public long byteOffset(int operand) {
        return (long) offsets.get(row.get(0) + column + operand) * elementBytes(operand);
    }

    private int elementBytes(int operand) {
        DType type =
                switch (operand) {
                    case A, B -> product.factors();
                    case ADDED, Y -> product.result();
                    default -> DType.F32;
                };
        return type.isHalf() ? WORD : Float.BYTES;
    }
}
