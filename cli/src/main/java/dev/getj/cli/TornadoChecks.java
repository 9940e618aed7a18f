package dev.getj.cli;

import dev.getj.kernels.DeviceDescription;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@code getj doctor} says about GPUs: the SDK, and for each of its drivers the devices it
 * finds, or what it lacks and how to get it.
 *
 * @param environment {@code TORNADOVM_HOME} and {@code OCL_ICD_VENDORS} are looked at
 * @param home the user's folder
 * @param root of the file system
 * @param lacking libraries that a library needs and that are not found
 * @param devices what TornadoVM finds; throws if a driver fails
 * @param loaded whether Java was started with a driver
 */
record TornadoChecks(
        Map<String, String> environment,
        Path home,
        Path root,
        Function<Path, List<String>> lacking,
        Devices devices,
        Function<String, Boolean> loaded) {
    private static final String INSTALL =
            "only for GPUs: sdk install tornadovm 5.2.0-jdk25-full, or unpack an SDK from"
                    + " https://www.tornadovm.org/downloads and set TORNADOVM_HOME to it";

    /** The devices of all drivers that were loaded. */
    interface Devices {
        List<DeviceDescription> list();
    }

    /** Looks at this machine. */
    static List<Check> here() {
        return new TornadoChecks(
                        System.getenv(),
                        Path.of(System.getProperty("user.home")),
                        Path.of("/"),
                        TornadoChecks::lackingLibraries,
                        dev.getj.kernels.device.Devices::list,
                        driver ->
                                ModuleLayer.boot()
                                        .findModule("tornado.drivers." + driver)
                                        .isPresent())
                .all();
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        String set = environment.getOrDefault("TORNADOVM_HOME", "");
        Path sdk =
                set.isBlank() ? home.resolve(".sdkman/candidates/tornadovm/current") : Path.of(set);
        if (!Files.isDirectory(jars(sdk))) {
            String found = set.isBlank() ? "no SDK found" : set + " is not an SDK";
            return List.of(Check.optional("tornadovm", found, INSTALL));
        }
        checks.add(Check.ok("tornadovm", sdk.toString()));
        for (String driver : List.of("cuda", "ptx", "opencl")) {
            checks.add(driver(driver, sdk));
        }
        return checks;
    }

    private Check driver(String driver, Path sdk) {
        if (!has(sdk, driver)) {
            return Check.optional(
                    driver,
                    "not in this SDK",
                    "if you want it: sdk install tornadovm 5.2.0-jdk25-full");
        }
        Path library = sdk.resolve("lib").resolve(System.mapLibraryName("tornado-" + driver));
        if (!Files.exists(library)) {
            return Check.optional(
                    driver, library + " is missing", "install the SDK again, it is incomplete");
        }
        List<String> lacks = lacking.apply(library);
        if (!lacks.isEmpty()) {
            return Check.optional(
                    driver,
                    library.getFileName() + " lacks " + String.join(", ", lacks),
                    lacks.stream()
                            .map(TornadoChecks::source)
                            .distinct()
                            .collect(Collectors.joining("; ")));
        }
        if (driver.equals("opencl") ? !hasOpenClVendor() : !hasNvidiaDevice()) {
            return nothingToDrive(driver);
        }
        return loaded.apply(driver)
                ? devices(driver)
                : Check.optional(
                        driver,
                        "not loaded",
                        "start getj through its script, with JDK 25.0.2 or newer");
    }

    private Check devices(String driver) {
        try {
            String found =
                    devices.list().stream()
                            .filter(device -> device.backend().equals(driver))
                            .map(device -> device.id() + " " + device.name())
                            .collect(Collectors.joining(", "));
            return found.isEmpty() ? nothingToDrive(driver) : Check.ok(driver, found);
        } catch (RuntimeException failing) {
            return Check.optional(driver, failing.getMessage(), advice(driver));
        }
    }

    private static Check nothingToDrive(String driver) {
        String found =
                driver.equals("opencl")
                        ? "no OpenCL device is installed"
                        : "no NVIDIA GPU, or its kernel driver is not loaded";
        return Check.optional(driver, found, advice(driver));
    }

    private static String advice(String driver) {
        return driver.equals("opencl")
                ? "apt install pocl-opencl-icd (processors), intel-opencl-icd (Intel GPUs), or the"
                        + " driver of your GPU"
                : "install NVIDIA's driver until nvidia-smi lists the GPU; start a container with"
                        + " --gpus all";
    }

    /** Where a library comes from. */
    private static String source(String library) {
        if (library.startsWith("libcuda.")) {
            return "install NVIDIA's driver";
        }
        if (library.startsWith("libOpenCL")) {
            return "apt install ocl-icd-libopencl1";
        }
        if (library.startsWith("libnvrtc") || library.startsWith("libcu")) {
            return "install the CUDA toolkit ("
                    + library
                    + "), or add its folder to LD_LIBRARY_PATH";
        }
        return "install the package with " + library;
    }

    private boolean hasNvidiaDevice() {
        return Files.exists(root.resolve("dev/nvidiactl")) || Files.exists(root.resolve("dev/dxg"));
    }

    private boolean hasOpenClVendor() {
        String set = environment.getOrDefault("OCL_ICD_VENDORS", "");
        Path vendors = set.isBlank() ? root.resolve("etc/OpenCL/vendors") : Path.of(set);
        return Files.exists(root.resolve("System/Library/Frameworks/OpenCL.framework"))
                || (Files.isRegularFile(vendors) && set.endsWith(".icd"))
                || holds(vendors, "*.icd");
    }

    private static boolean has(Path sdk, String driver) {
        return holds(jars(sdk), "tornado-drivers-" + driver + "-[0-9]*.jar");
    }

    private static boolean holds(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            return found.iterator().hasNext();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static Path jars(Path sdk) {
        return sdk.resolve("share/java/tornado");
    }

    /** Asks the system's ldd; knows nothing where there is none. */
    private static List<String> lackingLibraries(Path library) {
        try {
            Process ldd =
                    new ProcessBuilder("ldd", library.toString()).redirectErrorStream(true).start();
            try (var lines = ldd.inputReader()) {
                return lines.lines()
                        .filter(line -> line.endsWith("=> not found"))
                        .map(line -> line.strip().split(" ")[0])
                        .toList();
            }
        } catch (IOException noLdd) {
            return List.of();
        }
    }
}
