/**
 * {@link dev.getj.kernels.tensor.Tensor}s: views into flat {@link dev.getj.kernels.tensor.Buffer}s,
 * which know the {@link dev.getj.kernels.tensor.DType} of their numbers.
 */
package dev.getj.kernels.tensor;
