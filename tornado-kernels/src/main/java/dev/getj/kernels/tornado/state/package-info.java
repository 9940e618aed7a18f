/** What solvers do to whole states, on devices, and what kernels of several families use. */
package dev.getj.kernels.tornado.state;
