package dev.getj.kernels.jvm;

import dev.getj.kernels.Buffer;
import dev.getj.kernels.Tensor;

/** Storage in a Java array, with a version that changes whenever something writes to it. */
final class JvmBuffer implements Buffer {
    final float[] values;
    private long version;

    JvmBuffer(int size) {
        values = new float[size];
    }

    /** Changes with every write: packed copies of weights are made anew when it has moved on. */
    long version() {
        return version;
    }

    /** To be called by every launch that modifies this buffer. */
    void changed() {
        version++;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public void write(int at, float[] source, int from, int count) {
        System.arraycopy(source, from, values, at, count);
        changed();
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        System.arraycopy(values, at, target, to, count);
    }

    /** The storage of a tensor of this backend. */
    static JvmBuffer of(Tensor tensor) {
        if (tensor.buffer() instanceof JvmBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(tensor + " was not made by the JVM backend");
    }
}
