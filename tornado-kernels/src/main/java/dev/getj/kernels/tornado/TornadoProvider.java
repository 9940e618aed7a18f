package dev.getj.kernels.tornado;

import dev.getj.kernels.Backend;
import dev.getj.kernels.BackendProvider;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Products;
import dev.getj.kernels.tornado.matmul.TileMeasurement;
import dev.getj.kernels.tornado.runtime.TornadoDevices;

import java.util.List;
import java.util.Optional;

/**
 * TornadoVM's devices. This is the one place that asks whether TornadoVM is there: classes that
 * name its types are loaded only behind that question.
 */
public final class TornadoProvider implements BackendProvider {
    private static final String MODULE = "tornado.api";

    @Override
    public boolean isLoaded() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    @Override
    public List<DeviceDescription> devices() {
        return isLoaded() ? TornadoDevices.list() : List.of();
    }

    @Override
    public Backend open(
            String id,
            Optional<DeviceProfile> profile,
            Products products,
            CompilationListener listener) {
        DeviceProfile known = profile.orElseGet(() -> TornadoDevices.assumed(id));
        return TornadoDevices.open(id, known, OperationTasks.of(known, products), listener);
    }

    @Override
    public DeviceProfile measure(String id) {
        DeviceProfile assumed = TornadoDevices.assumed(id);
        return TileMeasurement.measure(
                assumed,
                tasks -> TornadoDevices.open(id, assumed, tasks, CompilationListener.NONE));
    }
}
