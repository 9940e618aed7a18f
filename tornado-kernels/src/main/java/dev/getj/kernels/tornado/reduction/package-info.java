/** Sums that several kernel families use. */
package dev.getj.kernels.tornado.reduction;
