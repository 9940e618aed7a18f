package dev.getj.kernels.cublas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.library.TensorCall;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;
import dev.getj.kernels.tornado.runtime.EmulatedBackend.Tiles;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** A library reads and writes a tensor where the provider says that it lies. */
class TensorCallTest {
    private final TensorCallProvider provider = new TensorCallProvider();
    private final HostDevice device = new HostDevice();
    private final List<DeviceCall.Place> places = new ArrayList<>();

    private void negate(DeviceCall.Place place) {
        places.add(place);
        MemorySegment floats = MemorySegment.ofAddress(place.address()).reinterpret(place.bytes());
        for (long i = 0; i < place.bytes() / Float.BYTES; i++) {
            float value = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, -value);
        }
    }

    @Test
    void aCallGetsTheTensorAlone() {
        var context = device.context(provider);
        EmulatedBackend backend =
                EmulatedBackend.withLibrary(
                        Tiles.LARGE, task -> device.call(provider, context, task));
        Tensor whole = backend.allocate(9).set(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Tensor middle = whole.view(3, 4);
        Runnable call = backend.calling("negate", middle, this::negate).orElseThrow();
        assertEquals(List.of(), places);
        call.run();
        assertArrayEquals(new float[] {1, 2, 3, -4, -5, -6, -7, 8, 9}, whole.get());
        assertEquals(16, places.getFirst().bytes());
        assertEquals(HostDevice.CONTEXT, places.getFirst().context());
        assertEquals(HostDevice.STREAM, places.getFirst().stream());
        call.run();
        assertArrayEquals(new float[] {4, 5, 6, 7}, middle.get());
        provider.destroyContext(context);
    }

    @Test
    void theProviderIsFound() {
        assertTrue(TensorCall.reachable());
        assertTrue(provider.canHandle(device));
        assertTrue(
                ServiceLoader.load(TornadoLibraryProvider.class).stream()
                        .anyMatch(it -> it.get().libraryName().equals(TensorCall.LIBRARY)));
    }
}
