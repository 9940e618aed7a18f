package dev.getj.kernels.cublas;

import dev.getj.kernels.tornado.library.TensorCallSupport;

/** TornadoVM looks for providers on the class path alone. */
public final class CudaCallSupport implements TensorCallSupport {
    @Override
    public boolean found() {
        return !CudaCallSupport.class.getModule().isNamed();
    }
}
