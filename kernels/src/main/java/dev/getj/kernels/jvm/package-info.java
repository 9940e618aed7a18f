/**
 * The default backend: the Vector API on all cores, weights packed once per change, no native code.
 */
package dev.getj.kernels.jvm;
