/**
 * Teachers and feature networks in the ONNX format, run by ONNX Runtime: found by {@link
 * java.util.ServiceLoader} when this module is on the class path.
 */
package dev.getj.onnx.runtime;
