/**
 * What can be computed: {@link dev.getj.kernels.tensor.Tensor}s live on a {@link
 * dev.getj.kernels.Backend}, launches on {@link dev.getj.kernels.op.Kernels} are recorded into a
 * {@link dev.getj.kernels.Program}, and programs are run.
 */
package dev.getj.kernels;
