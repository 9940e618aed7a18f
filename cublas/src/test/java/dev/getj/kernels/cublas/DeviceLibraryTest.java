package dev.getj.kernels.cublas;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.ConformanceTest;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.ExampleRun;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.Products;
import dev.getj.kernels.Tolerances;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.MatMulExamples;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Products by cuBLASLt on a CUDA device: as the oracle has them. Skipped where there is none;
 * docs/tornadovm.md tells how to run it.
 */
class DeviceLibraryTest {
    private static final int BATCH = 2;

    /** Of a device that leaves no short product to our kernels. */
    private static final DeviceProfile PROFILE =
            DeviceProfile.assumed("a device of one processor", 1);

    private static final Backend ORACLE = new ReferenceBackend();
    private static final List<Backend> OPEN = new ArrayList<>();

    @AfterAll
    static void close() {
        OPEN.forEach(Backend::close);
    }

    @TestFactory
    Stream<DynamicNode> agreesWithTheOracle() {
        List<ExampleRun> examples = new ArrayList<>(LibraryConformanceTest.examples());
        for (Example example : MatMulExamples.of(140, 264, 136).subList(0, 9)) {
            examples.add(new ExampleRun(example, true));
        }
        for (Example example : MatMulExamples.weightGradient(140, 264, 136)) {
            examples.add(new ExampleRun(example, true));
        }
        for (Example example : Examples.mixed(DType.F16, 140, 264, 136)) {
            examples.add(new ExampleRun(example, true));
        }
        return onDevice(Products.LIBRARY, examples, Tolerances.FLOAT);
    }

    @TestFactory
    Stream<DynamicNode> agreesWithTheOracleInTf32() {
        List<ExampleRun> examples =
                MatMulExamples.of(140, 264, 136).stream()
                        .map(example -> new ExampleRun(example, true))
                        .toList();
        return onDevice(Products.LIBRARY_TF32, examples, LibraryConformanceTest.TF32);
    }

    private static Stream<DynamicNode> onDevice(
            Products products, List<ExampleRun> examples, double tolerance) {
        Optional<DeviceDescription> device =
                Devices.list().stream()
                        .filter(it -> Devices.library(it) instanceof ProductLibrary.Found)
                        .findFirst();
        if (device.isEmpty()) {
            // a test of its own, which reports show as skipped
            return Stream.of(
                    DynamicTest.dynamicTest(
                            "on a device", () -> abort("there is no CUDA device with cuBLASLt")));
        }
        Backend backend =
                Devices.open(
                        device.get().id(),
                        Optional.of(PROFILE),
                        products,
                        CompilationListener.NONE);
        OPEN.add(backend);
        // all of them before the first one runs: what comes later compiles everything anew
        List<ExampleRun.Recorded> recorded =
                examples.stream().map(example -> example.record(backend, 0, BATCH)).toList();
        return recorded.stream().map(it -> test(it, tolerance));
    }

    private static DynamicNode test(ExampleRun.Recorded recorded, double tolerance) {
        ExampleRun example = recorded.of();
        return DynamicTest.dynamicTest(
                example.toString(),
                () -> {
                    Map<String, float[]> expected = example.run(ORACLE, 0, BATCH);
                    Map<String, float[]> actual = recorded.run();
                    expected.forEach(
                            (name, values) ->
                                    ConformanceTest.assertClose(
                                            example + ": " + name,
                                            values,
                                            actual.get(name),
                                            example.tolerance(name, tolerance)));
                });
    }
}
