/** Matrix products that a library of the device's maker computes, as a task among kernels. */
package dev.getj.kernels.tornado.library;
