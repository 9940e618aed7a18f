/**
 * Files: {@link dev.getj.io.SafetensorsFile safetensors} in and {@link
 * dev.getj.io.SafetensorsWriter out}, {@link dev.getj.io.NumpyFile NumPy's arrays}, images as
 * {@link dev.getj.io.Png} files, and {@link dev.getj.io.AtomicFile writing} that leaves nothing
 * half-done behind.
 */
package dev.getj.io;
