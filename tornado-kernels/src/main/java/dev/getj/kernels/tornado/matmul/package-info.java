/** Matrix products, forward and backward, on devices. */
package dev.getj.kernels.tornado.matmul;
