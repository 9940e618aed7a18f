package dev.getj.kernels.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.getj.kernels.DeviceException;
import dev.getj.kernels.tensor.DType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.HashMap;
import java.util.Map;

/**
 * cuBLASLt itself. What describes a product is made once and kept, with the kernel that the
 * library's heuristic puts first. See NVIDIA's reference of the cuBLASLt API for the constants.
 */
final class CublasLtNative implements CublasLt {
    // of cublasLtMatmulDescAttributes_t
    private static final int TRANSPOSE_A = 3;
    private static final int TRANSPOSE_B = 4;
    private static final int EPILOGUE = 7;
    private static final int BIAS_POINTER = 8;

    // of cublasLtEpilogue_t
    private static final int EPILOGUE_BIAS = 4;

    // of cublasLtMatmulPreferenceAttributes_t
    private static final int WORKSPACE_BYTES = 1;
    private static final int ALIGNMENT_A = 5;
    private static final int ALIGNMENT_B = 6;
    private static final int ALIGNMENT_C = 7;
    private static final int ALIGNMENT_D = 8;

    // of cublasComputeType_t
    private static final int COMPUTE_FLOAT = 68;
    private static final int COMPUTE_TF32 = 77;

    // of cudaDataType_t
    private static final int FLOAT = 0;
    private static final int BINARY16 = 2;
    private static final int BFLOAT16 = 14;

    /** A cublasLtMatmulHeuristicResult_t: the algorithm, its workspace, a status, waves, 4 ints. */
    private static final long HEURISTIC_BYTES = 64 + 8 + 4 + 4 + 16;

    private static final long ALGORITHM_BYTES = 64;

    /** All that the library assumes of a pointer; more is of no use to it. */
    private static final long ALIGNMENT = 256;

    private final CublasLtCalls calls;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment handle;
    private final MemorySegment one;
    private final MemorySegment zero;
    private final MemorySegment out;
    private final Map<Key, Plan> plans = new HashMap<>();

    /** Kernels depend on how pointers are aligned. */
    private record Key(Gemm gemm, int a, int b, int c, int d, int bias) {}

    private record Plan(
            MemorySegment product,
            MemorySegment a,
            MemorySegment b,
            MemorySegment d,
            MemorySegment algorithm) {}

    private CublasLtNative(CublasLtCalls calls) {
        this.calls = calls;
        one = arena.allocateFrom(JAVA_FLOAT, 1f);
        zero = arena.allocateFrom(JAVA_FLOAT, 0f);
        out = arena.allocate(ADDRESS);
        calls.call("cublasLtCreate", out);
        handle = out.get(ADDRESS, 0);
    }

    /**
     * A handle of the library, in the CUDA context of this thread.
     *
     * @throws DeviceException if the library cannot work here
     */
    static CublasLt create(SymbolLookup library) {
        return new CublasLtNative(new CublasLtCalls(library));
    }

    /** 12.3.4 is 120304. */
    static long version(SymbolLookup library) {
        return new CublasLtCalls(library).version();
    }

    @Override
    public void multiply(Gemm gemm, Places places, long stream) {
        Key key =
                new Key(
                        gemm,
                        alignment(places.a()),
                        alignment(places.b()),
                        alignment(places.c()),
                        alignment(places.d()),
                        alignment(places.bias()));
        Plan plan = plans.computeIfAbsent(key, it -> plan(it, places));
        if (gemm.biased()) {
            set(plan.product, BIAS_POINTER, places.bias());
        }
        calls.call(
                "cublasLtMatmul",
                handle,
                plan.product,
                one,
                MemorySegment.ofAddress(places.a()),
                plan.a,
                MemorySegment.ofAddress(places.b()),
                plan.b,
                gemm.adds() ? one : zero,
                MemorySegment.ofAddress(places.c()),
                plan.d,
                MemorySegment.ofAddress(places.d()),
                plan.d,
                plan.algorithm,
                MemorySegment.ofAddress(places.workspace()),
                places.workspaceBytes(),
                MemorySegment.ofAddress(stream));
    }

    private static int alignment(long pointer) {
        return (int) Math.min(ALIGNMENT, pointer == 0 ? ALIGNMENT : Long.lowestOneBit(pointer));
    }

    private Plan plan(Key key, Places places) {
        Gemm gemm = key.gemm;
        int compute = gemm.tf32() ? COMPUTE_TF32 : COMPUTE_FLOAT;
        calls.call("cublasLtMatmulDescCreate", out, compute, FLOAT);
        MemorySegment product = out.get(ADDRESS, 0);
        set(product, TRANSPOSE_A, gemm.first().transposed() ? 1 : 0);
        set(product, TRANSPOSE_B, gemm.second().transposed() ? 1 : 0);
        if (gemm.biased()) {
            set(product, EPILOGUE, EPILOGUE_BIAS);
            set(product, BIAS_POINTER, places.bias());
        }
        MemorySegment a = matrix(gemm.factors(), gemm.first().rows(), gemm.first().columns());
        MemorySegment b = matrix(gemm.factors(), gemm.second().rows(), gemm.second().columns());
        MemorySegment d = matrix(gemm.result(), gemm.m(), gemm.n());
        return new Plan(product, a, b, d, algorithm(key, places, product, a, b, d));
    }

    private MemorySegment matrix(DType type, int rows, int columns) {
        int code =
                switch (type) {
                    case F32 -> FLOAT;
                    case F16 -> BINARY16;
                    case BF16 -> BFLOAT16;
                    case F64 -> throw new IllegalArgumentException("no products of " + type);
                };
        calls.call(
                "cublasLtMatrixLayoutCreate", out, code, (long) rows, (long) columns, (long) rows);
        return out.get(ADDRESS, 0);
    }

    private MemorySegment algorithm(
            Key key,
            Places places,
            MemorySegment product,
            MemorySegment a,
            MemorySegment b,
            MemorySegment d) {
        calls.call("cublasLtMatmulPreferenceCreate", out);
        MemorySegment preference = out.get(ADDRESS, 0);
        prefer(preference, WORKSPACE_BYTES, places.workspaceBytes());
        prefer(preference, ALIGNMENT_A, key.a);
        prefer(preference, ALIGNMENT_B, key.b);
        prefer(preference, ALIGNMENT_C, key.c);
        prefer(preference, ALIGNMENT_D, key.d);
        MemorySegment found = arena.allocate(HEURISTIC_BYTES, Long.BYTES);
        MemorySegment count = arena.allocate(JAVA_INT);
        calls.call(
                "cublasLtMatmulAlgoGetHeuristic",
                handle,
                product,
                a,
                b,
                d,
                d,
                preference,
                1,
                found,
                count);
        calls.call("cublasLtMatmulPreferenceDestroy", preference);
        if (count.get(JAVA_INT, 0) < 1) {
            throw new DeviceException(
                    "cuBLASLt has no kernel for a %s: use --products java".formatted(key.gemm));
        }
        return found.asSlice(0, ALGORITHM_BYTES);
    }

    private void set(MemorySegment product, int attribute, int value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment held = call.allocateFrom(JAVA_INT, value);
            calls.call("cublasLtMatmulDescSetAttribute", product, attribute, held, 4L);
        }
    }

    private void set(MemorySegment product, int attribute, long value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment held = call.allocateFrom(JAVA_LONG, value);
            calls.call("cublasLtMatmulDescSetAttribute", product, attribute, held, 8L);
        }
    }

    private void prefer(MemorySegment preference, int attribute, int value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment held = call.allocateFrom(JAVA_INT, value);
            calls.call("cublasLtMatmulPreferenceSetAttribute", preference, attribute, held, 4L);
        }
    }

    private void prefer(MemorySegment preference, int attribute, long value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment held = call.allocateFrom(JAVA_LONG, value);
            calls.call("cublasLtMatmulPreferenceSetAttribute", preference, attribute, held, 8L);
        }
    }

    @Override
    public void close() {
        for (Plan plan : plans.values()) {
            calls.call("cublasLtMatmulDescDestroy", plan.product);
            calls.call("cublasLtMatrixLayoutDestroy", plan.a);
            calls.call("cublasLtMatrixLayoutDestroy", plan.b);
            calls.call("cublasLtMatrixLayoutDestroy", plan.d);
        }
        plans.clear();
        calls.call("cublasLtDestroy", handle);
        arena.close();
    }
}
