package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the doctor says of GPUs, on machines that lack one thing or another. */
class TornadoChecksTest {
    @TempDir private Path root;

    private Path sdk;
    private Map<String, String> environment = Map.of();
    private List<String> lacking = List.of();
    private boolean loaded = true;
    private TornadoChecks.Devices devices =
            () ->
                    List.of(
                            new DeviceDescription("cuda:0", "H200", "cuda", 1L << 37, true, "580"),
                            new DeviceDescription("cuda:1", "H200", "cuda", 1L << 37, true, "580"));

    @BeforeEach
    void findSdk() {
        sdk = root.resolve("home/.sdkman/candidates/tornadovm/current");
    }

    private void sdkWith(String... drivers) throws IOException {
        Files.createDirectories(sdk.resolve("share/java/tornado"));
        Files.createDirectories(sdk.resolve("lib"));
        for (String driver : drivers) {
            touch(sdk.resolve("share/java/tornado/tornado-drivers-" + driver + "-5.2.0.jar"));
            touch(sdk.resolve("lib").resolve(System.mapLibraryName("tornado-" + driver)));
        }
    }

    private void touch(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    private List<Check> checks() {
        return new TornadoChecks(
                        environment, root.resolve("home"), root, _ -> lacking, devices, _ -> loaded)
                .all();
    }

    /** The check called {@code driver}. */
    private String said(String driver) {
        Check check =
                checks().stream().filter(c -> c.name().equals(driver)).findFirst().orElseThrow();
        return check.state() + ": " + check.found() + " → " + check.advice();
    }

    @Test
    void withoutAnSdkItSaysHowToGetOne() {
        String install =
                " → only for GPUs: sdk install tornadovm 5.2.0-jdk25-full, or unpack an SDK from"
                        + " https://www.tornadovm.org/downloads and set TORNADOVM_HOME to it";
        assertEquals("optional: no SDK found" + install, said("tornadovm"));
        assertEquals(1, checks().size());
        environment = Map.of("TORNADOVM_HOME", "elsewhere");
        assertEquals("optional: elsewhere is not an SDK" + install, said("tornadovm"));
    }

    @Test
    void devicesThatAreFoundAreNamed() throws IOException {
        sdkWith("cuda", "opencl");
        touch(root.resolve("dev/nvidiactl"));
        touch(root.resolve("etc/OpenCL/vendors/nvidia.icd"));
        assertEquals("ok: " + sdk + " → ", said("tornadovm"));
        assertEquals("ok: cuda:0 H200, cuda:1 H200 → ", said("cuda"));
        assertEquals(
                "optional: not in this SDK → if you want it: sdk install tornadovm"
                        + " 5.2.0-jdk25-full",
                said("ptx"));
        assertEquals(
                "optional: no OpenCL device is installed → apt install pocl-opencl-icd"
                        + " (processors), intel-opencl-icd (Intel GPUs), or the driver of your GPU",
                said("opencl"));
    }

    @Test
    void whatADriverNeedsIsNamedWithWhereItComesFrom() throws IOException {
        sdkWith("cuda");
        lacking = List.of("libcuda.so.1", "libnvrtc.so.13");
        assertEquals(
                "optional: "
                        + System.mapLibraryName("tornado-cuda")
                        + " lacks libcuda.so.1, libnvrtc.so.13 → install NVIDIA's driver; install"
                        + " the CUDA toolkit (libnvrtc.so.13), or add its folder to"
                        + " LD_LIBRARY_PATH",
                said("cuda"));
        lacking = List.of("libOpenCL.so.1");
        assertEquals("apt install ocl-icd-libopencl1", checks().get(1).advice());
        lacking = List.of("libodd.so");
        assertEquals("install the package with libodd.so", checks().get(1).advice());
    }

    @Test
    void aDriverWithNothingToDriveSaysSo() throws IOException {
        sdkWith("ptx", "opencl");
        assertEquals(
                "optional: no NVIDIA GPU, or its kernel driver is not loaded → install NVIDIA's"
                        + " driver until nvidia-smi lists the GPU; start a container with --gpus"
                        + " all",
                said("ptx"));
        touch(root.resolve("icds/pocl.icd"));
        assertEquals("no OpenCL device is installed", checks().get(3).found());
        environment = Map.of("OCL_ICD_VENDORS", root.resolve("icds").toString());
        devices = () -> List.of(new DeviceDescription("opencl:0", "CPU", "opencl", 1, false, "3"));
        assertEquals("ok: opencl:0 CPU → ", said("opencl"));
    }

    @Test
    void aDriverThatFailsIsQuoted() throws IOException {
        sdkWith("ptx");
        touch(root.resolve("dev/nvidiactl"));
        devices =
                () -> {
                    throw new DeviceException("TornadoVM cannot use its drivers here (no context)");
                };
        assertEquals("TornadoVM cannot use its drivers here (no context)", checks().get(2).found());
        loaded = false;
        assertEquals(
                "optional: not loaded → start getj through its script, with JDK 25.0.2 or newer",
                said("ptx"));
    }

    @Test
    void anIncompleteSdkIsToBeInstalledAgain() throws IOException {
        sdkWith("ptx");
        Path library = sdk.resolve("lib").resolve(System.mapLibraryName("tornado-ptx"));
        Files.delete(library);
        assertEquals(
                "optional: " + library + " is missing → install the SDK again, it is incomplete",
                said("ptx"));
    }
}
