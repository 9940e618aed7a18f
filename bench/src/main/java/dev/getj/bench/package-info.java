/**
 * getj beside ONNX Runtime, libtorch and OpenBLAS in the same run, on the same numbers and as many
 * threads; its kernels beside what this machine does at best. How to run it: {@code
 * bench/README.md}.
 */
package dev.getj.bench;
