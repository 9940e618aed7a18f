package dev.getj.io.torch;

import dev.getj.io.DType;

/**
 * A tensor as a view into a storage; known to lie within the size that the storage claims.
 *
 * @param offset first element
 * @param strides in elements
 */
record TensorView(StorageName storage, DType dtype, long offset, long[] shape, long[] strides) {}
