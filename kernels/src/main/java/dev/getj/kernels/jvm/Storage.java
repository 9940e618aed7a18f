package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.Tensor;

/** Storage in a Java array, with a version that changes with every write. */
abstract sealed class Storage implements Buffer permits JvmBuffer, HalfBuffer {
    private long version;

    /** Changes with every write: packed copies of weights are made anew when it has moved on. */
    final long version() {
        return version;
    }

    /** To be called by every operation that modifies this buffer. */
    final void changed() {
        version++;
    }

    @Override
    public final void write(int at, float[] source, int from, int count) {
        put(at, source, from, count);
        changed();
    }

    /** Writes without a new version: for one task of several. */
    abstract void put(int at, float[] source, int from, int count);

    /** The storage of a tensor of this backend. */
    static Storage of(Tensor tensor) {
        if (tensor.buffer().storage() instanceof Storage storage) {
            return storage;
        }
        throw new IllegalArgumentException(tensor + " was not made by the JVM backend");
    }
}
