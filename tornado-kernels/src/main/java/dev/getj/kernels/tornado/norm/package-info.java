/** Normalisation on devices. */
package dev.getj.kernels.tornado.norm;
