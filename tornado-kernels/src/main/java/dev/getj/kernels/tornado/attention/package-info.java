/** Softmax attention on devices. */
package dev.getj.kernels.tornado.attention;
