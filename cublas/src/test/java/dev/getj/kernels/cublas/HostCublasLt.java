package dev.getj.kernels.cublas;

import dev.getj.kernels.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What cuBLASLt does with a {@link Gemm}, on the host's memory, in double. */
final class HostCublasLt implements CublasLt {
    /** What it was asked for. */
    record Called(Gemm gemm, Places places, long stream) {}

    private final List<Called> calls = new ArrayList<>();
    private boolean closed;

    List<Called> calls() {
        return calls;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void multiply(Gemm gemm, Places places, long stream) {
        calls.add(new Called(gemm, places, stream));
        // the workspace is ours to overwrite
        memory(places.workspace(), places.workspaceBytes()).fill((byte) -1);
        for (int column = 0; column < gemm.n(); column++) {
            for (int row = 0; row < gemm.m(); row++) {
                double sum = 0;
                for (int k = 0; k < gemm.k(); k++) {
                    sum +=
                            element(gemm, gemm.first(), places.a(), row, k)
                                    * element(gemm, gemm.second(), places.b(), k, column);
                }
                long at = row + (long) column * gemm.m();
                if (gemm.biased()) {
                    sum += read(DType.F32, places.bias(), row);
                }
                if (gemm.adds()) {
                    sum += read(gemm.result(), places.c(), at);
                }
                write(gemm.result(), places.d(), at, (float) sum);
            }
        }
    }

    // of op(factor)
    private static double element(Gemm gemm, Gemm.Factor factor, long at, int row, int column) {
        long index =
                factor.transposed()
                        ? column + (long) row * factor.rows()
                        : row + (long) column * factor.rows();
        float value = read(gemm.factors(), at, index);
        return gemm.tf32() ? tf32(value) : value;
    }

    // 10 bits behind the first
    private static float tf32(float value) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) + 0x1000 & 0xFFFFE000);
    }

    private static float read(DType type, long at, long index) {
        MemorySegment memory = memory(at, (index + 1) * type.bytes());
        return switch (type) {
            case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, index));
            case BF16 -> DType.bfloat16ToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, index));
            case F64 -> throw new IllegalArgumentException();
        };
    }

    private static void write(DType type, long at, long index, float value) {
        MemorySegment memory = memory(at, (index + 1) * type.bytes());
        switch (type) {
            case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            case F16 ->
                    memory.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            case BF16 ->
                    memory.setAtIndex(ValueLayout.JAVA_SHORT, index, DType.floatToBfloat16(value));
            case F64 -> throw new IllegalArgumentException();
        }
    }

    private static MemorySegment memory(long at, long bytes) {
        return MemorySegment.ofAddress(at).reinterpret(bytes);
    }

    @Override
    public void close() {
        closed = true;
    }
}
