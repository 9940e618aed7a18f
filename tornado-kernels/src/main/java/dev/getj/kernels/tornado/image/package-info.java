/** Patches of images and rows of the class table on devices. */
package dev.getj.kernels.tornado.image;
