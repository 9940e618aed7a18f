/**
 * Holds a backend against one that is trusted, kernel by kernel, in seconds: what {@code getj
 * doctor --device} runs, and every command on the first use of a device.
 */
package dev.getj.kernels.selftest;
