package dev.getj.kernels.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.device.Devices;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** What is said of cuBLASLt, and where it is looked for. */
class CublasLibraryTest {
    private static final String INSTALL =
            "install cuBLAS of CUDA 13 or 12 (apt install libcublas-13-0, or 'pip install"
                    + " nvidia-cublas' and GETJ_CUBLASLT=…/libcublasLt.so.13), or use --products"
                    + " java";

    private static ProductLibrary.State look(Optional<Long> version) {
        return new CublasLibrary(_ -> version, false).look();
    }

    @Test
    void versions() {
        assertEquals(new ProductLibrary.Found("cuBLASLt", "13.1.0"), look(Optional.of(130100L)));
        assertEquals(new ProductLibrary.Found("cuBLASLt", "12.0.0"), look(Optional.of(120000L)));
        assertEquals(
                new ProductLibrary.Missing(
                        "cuBLASLt is of version 11.11.3, and 12.0 or newer is needed", INSTALL),
                look(Optional.of(111103L)));
        assertEquals(
                new ProductLibrary.Missing("cuBLASLt is not installed", INSTALL),
                look(Optional.empty()));
    }

    @Test
    void onTheModulePathItIsNotFound() {
        ProductLibrary.State state = new CublasLibrary(_ -> Optional.of(130000L), true).look();
        assertEquals(
                "TornadoVM does not find getj-cublas on the module path: put it on the class path,"
                        + " or use --products java",
                assertInstanceOf(ProductLibrary.Missing.class, state).message());
    }

    @Test
    void isForCudaAlone() {
        DeviceDescription device =
                new DeviceDescription("opencl:1", "cpu", "opencl", 1L << 30, false, "pocl");
        assertEquals(
                "cuBLASLt multiplies with --device cuda alone, not on opencl:1: use --products"
                        + " java",
                assertInstanceOf(ProductLibrary.Missing.class, Devices.library(device)).message());
    }

    @Test
    void servicesAreFound() {
        List<Class<? extends ProductLibrary>> libraries =
                ServiceLoader.load(ProductLibrary.class).stream()
                        .<Class<? extends ProductLibrary>>map(ServiceLoader.Provider::type)
                        .toList();
        assertEquals(List.of(CublasLibrary.class), libraries);
        List<String> providers =
                ServiceLoader.load(TornadoLibraryProvider.class).stream()
                        .map(it -> it.get().libraryName())
                        .toList();
        assertEquals(List.of("getj/products", "getj/calls"), providers);
    }

    @Test
    void whereItIsLookedFor(@TempDir Path toolkit) throws IOException {
        Path folder = Files.createDirectories(toolkit.resolve("targets/x86_64-linux/lib"));
        Path old = Files.createFile(folder.resolve("libcublasLt.so.12"));
        Path file = Files.createFile(folder.resolve("libcublasLt.so.13"));
        List<String> found = CublasFiles.candidates(Map.of("CUDA_HOME", toolkit.toString()));
        assertEquals(
                List.of("libcublasLt.so.13", "libcublasLt.so.12", file.toString(), old.toString()),
                found.subList(0, 4));
        Map<String, String> chosen =
                Map.of("CUDA_HOME", toolkit.toString(), "GETJ_CUBLASLT", old.toString());
        assertEquals(List.of(old.toString()), CublasFiles.candidates(chosen));
        Files.delete(old);
        assertTrue(CublasFiles.find(chosen).isEmpty());
    }

    @Test
    void aLibraryWithoutItsFunctionsIsRefused() {
        DeviceException refused =
                assertThrows(
                        DeviceException.class, () -> CublasLtNative.create(_ -> Optional.empty()));
        assertEquals(
                "cuBLASLt has no cublasLtCreate: install another version, or use --products java",
                refused.getMessage());
    }
}
