/**
 * The oracle: every launch of {@link dev.getj.kernels.op.Kernels} as the plainest loops that
 * compute it, in double precision. Fast backends are tested against it, its backward passes against
 * finite differences.
 */
package dev.getj.kernels.reference;
