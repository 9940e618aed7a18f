/** Matrix products by cuBLASLt, through the Foreign Function API. */
package dev.getj.kernels.cublas;
