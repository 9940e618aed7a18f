package dev.getj.kernels.cublas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.kernels.DeviceException;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tornado.library.LibraryProduct;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The calls into cuBLASLt, against a small library of the same functions in C that multiplies on
 * the host; skipped where there is no C compiler.
 */
class CublasLtNativeTest {
    private static final int ROWS = 5;
    private static final int COLUMNS = 3;
    private static final int DEPTH = 4;
    private static final Arena ARENA = Arena.ofShared();

    @TempDir static Path folder;

    private static SymbolLookup library;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Path source = folder.resolve("cublasLt.c");
        try (InputStream text = CublasLtNativeTest.class.getResourceAsStream("cublasLt.c")) {
            Files.copy(text, source);
        }
        Path made = folder.resolve("libcublasLt.so");
        assumeTrue(
                compiles("cc", "-shared", "-fPIC", "-o", made.toString(), source.toString()),
                "no C compiler");
        library = SymbolLookup.libraryLookup(made, ARENA);
    }

    @AfterAll
    static void unload() {
        ARENA.close();
    }

    private static boolean compiles(String... command) throws InterruptedException {
        try {
            Process compiler = new ProcessBuilder(command).inheritIO().start();
            return compiler.waitFor(1, TimeUnit.MINUTES) && compiler.exitValue() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void version() {
        assertEquals(130203, CublasLtNative.version(library));
    }

    /** y = x Wᵀ + b + c, and once more with other places. */
    @Test
    void products() {
        try (CublasLt lt = CublasLtNative.create(library);
                Arena arena = Arena.ofConfined()) {
            for (int first = 1; first < 3; first++) {
                float[] x = values(ROWS * DEPTH, first);
                float[] w = values(COLUMNS * DEPTH, 7);
                float[] bias = values(COLUMNS, 2);
                float[] added = values(ROWS * COLUMNS, 3 * first);
                MemorySegment y = arena.allocate(ROWS * COLUMNS * Float.BYTES, 16);
                lt.multiply(
                        gemm(true),
                        new CublasLt.Places(
                                place(arena, w),
                                place(arena, x),
                                place(arena, bias),
                                place(arena, added),
                                y.address(),
                                1 << 20,
                                1 << 10),
                        99);
                float[] expected = new float[ROWS * COLUMNS];
                for (int i = 0; i < ROWS; i++) {
                    for (int j = 0; j < COLUMNS; j++) {
                        float sum = bias[j] + added[i * COLUMNS + j];
                        for (int k = 0; k < DEPTH; k++) {
                            sum += x[i * DEPTH + k] * w[j * DEPTH + k];
                        }
                        expected[i * COLUMNS + j] = sum;
                    }
                }
                assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_FLOAT));
            }
        }
    }

    @Test
    void refusals() {
        try (CublasLt lt = CublasLtNative.create(library);
                Arena arena = Arena.ofConfined()) {
            long somewhere = place(arena, new float[ROWS * DEPTH]);
            CublasLt.Places noWorkspace =
                    new CublasLt.Places(
                            somewhere, somewhere, somewhere, somewhere, somewhere, 0, 0);
            DeviceException refused =
                    assertThrows(
                            DeviceException.class, () -> lt.multiply(gemm(false), noWorkspace, 99));
            assertEquals(
                    "cuBLASLt has no kernel for a product 5 x 3 of sums of 4, F32: use --products"
                            + " java",
                    refused.getMessage());
            CublasLt.Places places =
                    new CublasLt.Places(
                            somewhere, somewhere, somewhere, somewhere, somewhere, 1 << 20,
                            1 << 10);
            DeviceException failed =
                    assertThrows(DeviceException.class, () -> lt.multiply(gemm(true), places, 98));
            assertEquals("cublasLtMatmul: status 13, the kernel failed", failed.getMessage());
        }
    }

    private static Gemm gemm(boolean adds) {
        return Gemm.of(
                new LibraryProduct(
                        LibraryProduct.Layout.FORWARD,
                        ROWS,
                        COLUMNS,
                        DEPTH,
                        DType.F32,
                        false,
                        DType.F32,
                        true,
                        adds));
    }

    private static float[] values(int size, int first) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (first + 5 * i) % 11 - 4;
        }
        return values;
    }

    private static long place(Arena arena, float[] values) {
        MemorySegment memory = arena.allocate((long) values.length * Float.BYTES, 16);
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length);
        return memory.address();
    }
}
