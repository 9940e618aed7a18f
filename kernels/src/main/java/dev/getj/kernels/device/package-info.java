/**
 * Backends by what a user names: {@link dev.getj.kernels.device.Backends the JVM's}, and {@link
 * dev.getj.kernels.device.Devices those of devices}.
 */
package dev.getj.kernels.device;
