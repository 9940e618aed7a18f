package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

/**
 * Floats on a device.
 *
 * @param place where they lie
 * @param transfers moves them between host and device
 */
record TornadoBuffer(DeviceMemory.Place place, Transfers transfers) implements Buffer {

    /** Device memory as the host sees it; positions count from the beginning of an array. */
    interface Transfers {
        void write(int array, int at, float[] source, int from, int count);

        void read(int array, int at, float[] target, int to, int count);
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public int size() {
        return place.size();
    }

    @Override
    public void write(int at, float[] source, int from, int count) {
        transfers.write(place.array(), place.offset() + at, source, from, count);
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        transfers.read(place.array(), place.offset() + at, target, to, count);
    }

    static TornadoBuffer of(Tensor tensor) {
        if (tensor.buffer().storage() instanceof TornadoBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(tensor + " was not made by the TornadoVM backend");
    }
}
