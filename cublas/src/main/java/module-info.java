/**
 * Matrix products of CUDA devices by cuBLASLt. TornadoVM finds what calls it on the class path
 * alone: a module could not provide a service of another that need not be there.
 */
module dev.getj.kernels.cublas {
    requires dev.getj.kernels;
    requires dev.getj.kernels.tornado;
    requires static tornado.api;
    requires static tornado.runtime;

    provides dev.getj.kernels.ProductLibrary with
            dev.getj.kernels.cublas.CublasLibrary;
    provides dev.getj.kernels.tornado.library.TensorCallSupport with
            dev.getj.kernels.cublas.CudaCallSupport;
}
