/** What solvers do to whole states, on devices. */
package dev.getj.kernels.tornado.state;
