/**
 * Runs {@link uk.ac.manchester.tornado.api.KernelContext} kernels on a plain JVM, work-group by
 * work-group, so that they are tested without a GPU. (A kernel with {@code @Parallel} loops needs
 * nothing: it is plain Java.)
 */
package dev.getj.kernels.tornado.emulator;
