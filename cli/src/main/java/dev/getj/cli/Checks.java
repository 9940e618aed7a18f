package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.device.Devices;
import dev.getj.model.Precision;

import java.awt.GraphicsEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code getj doctor} looks at. */
final class Checks {
    private static final String LIBRARY = "cublas";
    private static final long GIB = 1L << 30;
    private static final long ENOUGH_MEMORY = 2 * GIB;
    private static final long ENOUGH_DISK = GIB;

    private static final String PRECISION = "precision";

    private Checks() {}

    /** Every check, in the order of the report. */
    static List<Check> all() {
        List<Check> checks =
                new ArrayList<>(List.of(java(), vectors(), cores(), memory(), disk(), fonts()));
        List<Check> drivers = TornadoChecks.here();
        checks.addAll(drivers);
        boolean cuda =
                drivers.stream()
                        .filter(check -> check.name().equals("cuda"))
                        .anyMatch(check -> check.state() == Check.State.OK);
        if (cuda) {
            checks.add(library(Devices.library()));
            checks.add(precision());
        }
        return checks;
    }

    private static Check precision() {
        try (Backend backend = Devices.open("cuda:0")) {
            return precision(backend);
        } catch (DeviceException problem) {
            return Check.optional(PRECISION, problem.getMessage(), "see docs/gpu.md");
        }
    }

    /** What a CUDA device computes in where no precision is asked for. */
    static Check precision(Backend backend) {
        return switch (Precision.usual(backend)) {
            case MIXED ->
                    Check.ok(
                            PRECISION,
                            "mixed by default on %s, which has tensor cores"
                                    .formatted(backend.id()));
            case FLOAT32, TF32 ->
                    Check.ok(
                            PRECISION,
                            "float32 on %s, which has no tensor cores that getj uses"
                                    .formatted(backend.id()));
        };
    }

    /** The library for matrix products on CUDA. */
    static Check library(ProductLibrary.State state) {
        return switch (state) {
            case ProductLibrary.Found found ->
                    Check.ok(LIBRARY, found.name() + " " + found.version());
            case ProductLibrary.Missing missing ->
                    Check.optional(LIBRARY, missing.reason(), missing.advice());
        };
    }

    private static Check java() {
        String found =
                Runtime.version() + ", " + System.getProperty("java.vendor", "unknown vendor");
        return Runtime.version().feature() == 25
                ? Check.ok("java", found)
                : Check.optional("java", found, "getj is built and tested with JDK 25");
    }

    private static Check vectors() {
        VectorSupport vectors = VectorSupport.detect();
        if (!vectors.available()) {
            return Check.optional(
                    "vectors",
                    vectors.description() + ", which is several times slower",
                    "start Java with --add-modules jdk.incubator.vector, as the launcher does");
        }
        return Check.ok("vectors", vectors.description() + " of " + vectors.floats() + " floats");
    }

    private static Check cores() {
        return Check.ok("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    }

    private static Check memory() {
        long limit = Runtime.getRuntime().maxMemory();
        String found = Bytes.text(limit) + " for Java";
        return limit >= ENOUGH_MEMORY
                ? Check.ok("memory", found)
                : Check.optional(
                        "memory",
                        found,
                        "small models only; raise it with GETJ_JAVA_OPTS=-Xmx4g if there is more");
    }

    private static Check disk() {
        Path here = Path.of("").toAbsolutePath();
        // a FileStore needs the list of mounts, which a chroot may lack
        long free = here.toFile().getUsableSpace();
        String found = Bytes.text(free) + " free in " + here;
        return free >= ENOUGH_DISK
                ? Check.ok("disk", found)
                : Check.optional(
                        "disk", found, "pairs and checkpoints need about 1 GiB: free some");
    }

    private static Check fonts() {
        String advice = "install fonts: apt install fontconfig fonts-dejavu-core";
        try {
            int families =
                    GraphicsEnvironment.getLocalGraphicsEnvironment()
                            .getAvailableFontFamilyNames()
                            .length;
            return families > 0
                    ? Check.ok("fonts", families + " families for charts")
                    : Check.missing("fonts", "none, and charts need one", advice);
        } catch (RuntimeException | LinkageError broken) {
            return Check.missing("fonts", "Java cannot load any, and charts need one", advice);
        }
    }
}
