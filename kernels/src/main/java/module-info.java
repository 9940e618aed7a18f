/**
 * Tensors, operations and programs, the Vector API backend and the reference. Start Java with
 * {@code --add-modules jdk.incubator.vector}; without it the slow reference computes.
 */
module dev.getj.kernels {
    requires static jdk.incubator.vector;

    exports dev.getj.kernels;
    exports dev.getj.kernels.device;
    exports dev.getj.kernels.op;
    exports dev.getj.kernels.profile;
    exports dev.getj.kernels.reference;
    exports dev.getj.kernels.selftest;
    exports dev.getj.kernels.tensor;

    uses dev.getj.kernels.BackendProvider;
}
