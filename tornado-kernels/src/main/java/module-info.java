/** The backend of GPUs, through TornadoVM, found by {@link java.util.ServiceLoader}. */
module dev.getj.kernels.tornado {
    requires dev.getj.kernels;
    requires static tornado.api;

    exports dev.getj.kernels.tornado.library;

    uses dev.getj.kernels.tornado.library.TensorCallSupport;

    provides dev.getj.kernels.BackendProvider with
            dev.getj.kernels.tornado.TornadoProvider;
}
