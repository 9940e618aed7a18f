package dev.getj.kernels.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.ConformanceTest;
import dev.getj.kernels.ExampleRun;
import dev.getj.kernels.Tolerances;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.MatMulExamples;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tornado.matmul.LibraryProducts;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;
import dev.getj.kernels.tornado.runtime.EmulatedBackend.Tiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Products of the library among emulated kernels, as the oracle has them: which matrices cuBLASLt
 * is given, how they lie, and what kernels do behind it. In the place of cuBLASLt is {@link
 * HostCublasLt}.
 */
class LibraryConformanceTest {
    private static final int BATCH = 2;
    private static final int WORKSPACE = 1 << 12;

    /** Factors are off by half of 2⁻¹⁰, of either sign. */
    static final double TF32 = 0x1p-10;

    private static final Backend ORACLE = new ReferenceBackend();

    /** Products with rows of whole pieces of 16 bytes. */
    static List<ExampleRun> examples() {
        List<Example> examples = new ArrayList<>(MatMulExamples.of(19, 40, 24));
        examples.addAll(Examples.mixed(DType.F16, 19, 40, 24));
        examples.addAll(Examples.mixed(DType.BF16, 19, 40, 24));
        examples.addAll(MatMulExamples.mixedTraining(DType.BF16, 19, 40, 24));
        return examples.stream()
                .filter(example -> !example.operation().equals("injectionBackward"))
                .filter(example -> !isOfTwoTypes(example))
                .map(ExampleRun::new)
                .map(ExampleRun::whereAligned)
                .toList();
    }

    // a gradient of floats through a pre-activation of 16 bits
    private static boolean isOfTwoTypes(Example example) {
        return example.variant().endsWith("dY w pre");
    }

    /** A library, and a backend that calls it. */
    private record Setting(HostCublasLt library, EmulatedBackend backend) {
        static Setting of(LibraryProducts products) {
            return of(products, Tiles.LARGE);
        }

        static Setting of(LibraryProducts products, Tiles tiles) {
            HostCublasLt library = new HostCublasLt();
            CublasProvider provider = new CublasProvider(() -> library);
            HostDevice device = new HostDevice();
            var context = device.context(provider);
            return new Setting(
                    library,
                    EmulatedBackend.withLibrary(
                            tiles, products, task -> device.call(provider, context, task)));
        }
    }

    private static final Setting EXACT = Setting.of(new LibraryProducts(false, 1e6, WORKSPACE));

    /** Runs an example and returns what it gave; the library's calls are those of this run. */
    private static Map<String, float[]> run(Setting setting, ExampleRun example) {
        setting.backend().clear();
        setting.library().calls().clear();
        return example.run(setting.backend(), 0, BATCH);
    }

    private static void assertAgrees(ExampleRun example, Map<String, float[]> actual, double off) {
        example.run(ORACLE, 0, BATCH)
                .forEach(
                        (name, values) ->
                                ConformanceTest.assertClose(
                                        example + ": " + name,
                                        values,
                                        actual.get(name),
                                        example.tolerance(name, off)));
    }

    /** And what the library itself can add needs no kernel. */
    @ParameterizedTest
    @MethodSource("examples")
    void agreesWithTheOracle(ExampleRun example) {
        assertAgrees(example, run(EXACT, example), Tolerances.FLOAT);
        assertEquals(1, EXACT.library().calls().size());
        HostCublasLt.Called called = EXACT.library().calls().getFirst();
        assertEquals(HostDevice.STREAM, called.stream());
        assertEquals(0, called.places().workspace() % 256);
        assertEquals(WORKSPACE, called.places().workspaceBytes());
        Gemm gemm = called.gemm();
        assertFalse(gemm.tf32());
        boolean rounded = gemm.result().isHalf();
        String name = example.toString();
        boolean biased = name.contains("bias") && !name.contains("Weight");
        assertEquals(!rounded && biased, gemm.biased());
        boolean residual = name.startsWith("linearResidual") && !name.contains("repeated");
        boolean toFloats = residual || name.startsWith("linearBackwardWeight");
        boolean toHalves = name.startsWith("linearInjected sum");
        assertEquals(rounded ? toHalves : toFloats, gemm.adds());
    }

    @Test
    void roundsFloatsAlone() {
        Setting setting = Setting.of(new LibraryProducts(true, 1e6, WORKSPACE));
        assertTrue(setting.backend().tf32());
        for (ExampleRun example : examples()) {
            Map<String, float[]> actual = run(setting, example);
            Gemm gemm = setting.library().calls().getFirst().gemm();
            boolean floats = gemm.factors() == DType.F32;
            assertEquals(floats, gemm.tf32());
            assertAgrees(example, actual, floats ? TF32 : Tolerances.FLOAT);
        }
    }

    /** Rows, or first elements, that are not at multiples of 16 bytes are our kernels'. */
    @Test
    void leavesTheRestToKernels() {
        List<ExampleRun> ragged = new ArrayList<>();
        MatMulExamples.mixedTraining(DType.BF16, 19, 40, 24).stream()
                .filter(LibraryConformanceTest::isOfTwoTypes)
                .forEach(it -> ragged.add(new ExampleRun(it).whereAligned()));
        MatMulExamples.of(3, 10, 12).forEach(it -> ragged.add(new ExampleRun(it, true)));
        MatMulExamples.of(3, 12, 16).forEach(it -> ragged.add(new ExampleRun(it, false)));
        Examples.mixed(DType.F16, 3, 12, 20).forEach(it -> ragged.add(new ExampleRun(it, true)));
        for (ExampleRun example : ragged) {
            assertAgrees(example, run(EXACT, example), Tolerances.FLOAT);
            assertEquals(List.of(), EXACT.library().calls(), example.toString());
        }
    }

    /** Of rounded results of few rows, the library computes those that no kernel has to finish. */
    @Test
    void leavesShortProductsToOneKernelWhereItWouldNeedTwo() {
        Setting few = Setting.of(new LibraryProducts(false, 1e6, WORKSPACE), Tiles.SMALL);
        for (ExampleRun example : examples()) {
            assertAgrees(example, run(few, example), Tolerances.FLOAT);
            String name = example.toString();
            boolean rounded = example.forwardProduct() && name.endsWith(" y");
            boolean finished =
                    name.startsWith("linearInjected sum")
                            || name.startsWith("linear ") && !name.contains("bias");
            assertEquals(rounded && !finished ? 0 : 1, few.library().calls().size(), name);
        }
    }

    @Test
    void contextIsClosed() {
        HostCublasLt library = new HostCublasLt();
        CublasProvider provider = new CublasProvider(() -> library);
        assertEquals("getj/products", provider.libraryName());
        HostDevice device = new HostDevice();
        assertTrue(provider.canHandle(device));
        provider.destroyContext(device.context(provider));
        assertTrue(library.isClosed());
    }
}
