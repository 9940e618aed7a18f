/**
 * The part of TornadoVM's API that getj's kernels and task graphs name: TornadoVM 5.2.0 for JDK 25.
 *
 * <p>Our own minimal implementation, so that kernels compile, run and are debugged on a plain JVM.
 * Arrays work for real; {@link uk.ac.manchester.tornado.api.KernelContext} is brought to life by
 * the tests' emulator; task graphs and plans carry signatures only. Nothing of this is ever
 * packaged: on a device the SDK's own API is used.
 */
package uk.ac.manchester.tornado.api;
