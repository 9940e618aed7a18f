/** Losses on devices. */
package dev.getj.kernels.tornado.loss;
