package dev.getj.io.torch;

import dev.getj.io.DType;

/**
 * A storage as pickles name it.
 *
 * @param key under which the file keeps its bytes
 * @param dtype of its elements; null for an untyped storage, whose elements are bytes
 * @param elements as many as the pickle says
 */
record StorageName(String key, DType dtype, long elements) {
    /** Bytes it must have in the file. */
    long bytes() {
        return Math.multiplyExact(elements, dtype == null ? 1 : dtype.bytes());
    }
}
