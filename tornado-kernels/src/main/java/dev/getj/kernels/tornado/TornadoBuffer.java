package dev.getj.kernels.tornado;

import dev.getj.kernels.Buffer;
import dev.getj.kernels.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Floats on a device, and the host's copy of them, brought together when one side needs what the
 * other wrote.
 */
final class TornadoBuffer implements Buffer {
    private final TornadoBackend backend;
    private final FloatArray array;

    /** True if the device may hold newer values than the host's copy. */
    private boolean ahead;

    TornadoBuffer(TornadoBackend backend, int size) {
        this.backend = backend;
        this.array = new FloatArray(size);
        array.init(0f);
    }

    FloatArray array() {
        return array;
    }

    boolean ahead() {
        return ahead;
    }

    /**
     * To be told when a program that may write here has run, or the host's copy has been brought up
     * to date.
     */
    void ahead(boolean now) {
        ahead = now;
    }

    @Override
    public int size() {
        return array.getSize();
    }

    @Override
    public void write(int at, float[] source, int from, int count) {
        for (int i = 0; i < count; i++) {
            array.set(at + i, source[from + i]);
        }
        backend.upload(this, at, count);
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        if (ahead) {
            backend.download(this);
        }
        for (int i = 0; i < count; i++) {
            target[to + i] = array.get(at + i);
        }
    }

    static TornadoBuffer of(Tensor tensor) {
        if (tensor.buffer() instanceof TornadoBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(tensor + " was not made by the TornadoVM backend");
    }
}
