/**
 * What runs the kernels of {@link dev.getj.kernels.tornado} on a device: launches become tasks with
 * arguments, tasks become graphs, and the graphs of a backend one execution plan over arrays that
 * stay there.
 */
package dev.getj.kernels.tornado.runtime;
