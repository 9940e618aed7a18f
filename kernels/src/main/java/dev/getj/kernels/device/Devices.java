package dev.getj.kernels.device;

import dev.getj.kernels.Backend;
import dev.getj.kernels.BackendProvider;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.Products;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The devices that TornadoVM finds, through the {@link BackendProvider} that is there. All else
 * runs without one.
 */
public final class Devices {
    private static final String CUDA = "cuda";

    /** From the most wanted to the least. */
    private static final List<String> BACKENDS = List.of(CUDA, "ptx", "opencl");

    private Devices() {}

    /** True if this Java was started with TornadoVM, as the launcher does where there is an SDK. */
    public static boolean tornadoIsLoaded() {
        return providers().anyMatch(BackendProvider::isLoaded);
    }

    /**
     * Every device of every driver, numbered within its driver; none without TornadoVM.
     *
     * @throws DeviceException if a driver fails, which keeps TornadoVM from starting
     */
    public static List<DeviceDescription> list() {
        return providers().flatMap(provider -> provider.devices().stream()).toList();
    }

    private static Stream<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
                .stream()
                .map(ServiceLoader.Provider::get);
    }

    private static BackendProvider providerOf(String id) {
        DeviceDescription device = find(id);
        return providers().filter(it -> it.devices().contains(device)).findFirst().orElseThrow();
    }

    /** The one to use where any will do: a GPU, through CUDA before PTX before OpenCL. */
    public static Optional<DeviceDescription> preferred(List<DeviceDescription> devices) {
        return devices.stream()
                .filter(DeviceDescription::gpu)
                .min(Comparator.comparingInt(device -> BACKENDS.indexOf(device.backend())));
    }

    /**
     * The device of that name.
     *
     * @param id such as {@code opencl:0}
     * @throws DeviceException if TornadoVM is not loaded, fails, or has no such device
     */
    public static DeviceDescription find(String id) {
        if (!tornadoIsLoaded()) {
            throw new DeviceException(
                    "--device "
                            + id
                            + ": Java was started without TornadoVM; start it through the getj"
                            + " script, which finds the SDK");
        }
        List<DeviceDescription> devices = list();
        return devices.stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new DeviceException(
                                        "--device %s: there is no such device, only %s"
                                                .formatted(id, ids(devices))));
    }

    private static String ids(List<DeviceDescription> devices) {
        return Stream.concat(Stream.of("jvm"), devices.stream().map(DeviceDescription::id))
                .collect(Collectors.joining(", "));
    }

    /**
     * A backend on the device, for the caller to close.
     *
     * @throws DeviceException as {@link #find}
     */
    public static Backend open(String id) {
        return open(id, CompilationListener.NONE);
    }

    /** As {@link #open(String)}, telling {@code listener} how far the device is with compiling. */
    public static Backend open(String id, CompilationListener listener) {
        return open(id, Optional.empty(), listener);
    }

    /**
     * As {@link #open(String, CompilationListener)}, with what {@link #measure} found out about the
     * device, where it has been measured.
     */
    public static Backend open(
            String id, Optional<DeviceProfile> profile, CompilationListener listener) {
        return open(id, profile, Products.JAVA, listener);
    }

    /**
     * As {@link #open(String, Optional, CompilationListener)}, with a choice of what multiplies
     * matrices.
     *
     * @throws DeviceException as {@link #find}, and if products are to be a library's that is not
     *     there
     */
    public static Backend open(
            String id,
            Optional<DeviceProfile> profile,
            Products products,
            CompilationListener listener) {
        BackendProvider provider = providerOf(id);
        if (products != Products.JAVA
                && library(find(id)) instanceof ProductLibrary.Missing missing) {
            throw new DeviceException(missing.message());
        }
        return provider.open(id, profile, products, listener);
    }

    /** The library that can multiply matrices on a device, or why there is none. */
    public static ProductLibrary.State library(DeviceDescription device) {
        if (!device.backend().equals(CUDA)) {
            return new ProductLibrary.Missing(
                    "cuBLASLt multiplies with --device cuda alone, not on " + device.id(),
                    "use --products java");
        }
        return library();
    }

    /** The library that can multiply matrices on CUDA devices, or why there is none. */
    public static ProductLibrary.State library() {
        return ServiceLoader.load(ProductLibrary.class, ProductLibrary.class.getClassLoader())
                .findFirst()
                .map(ProductLibrary::look)
                .orElseGet(
                        () ->
                                new ProductLibrary.Missing(
                                        "cuBLASLt is called by the artifact getj-cublas, which is"
                                                + " not here",
                                        "add it to the class path"));
    }

    /**
     * Measures the device, which takes seconds and wants it idle.
     *
     * @throws DeviceException as {@link #find}
     */
    public static DeviceProfile measure(String id) {
        return providerOf(id).measure(id);
    }
}
