/**
 * Networks in the ONNX format, for other runtimes: {@link dev.getj.onnx.OnnxExport the sampler's}
 * and, {@link dev.getj.onnx.OnnxGraph node by node}, any other. Only written, with nothing but the
 * standard library.
 */
package dev.getj.onnx;
