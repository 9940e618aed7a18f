/**
 * Tensors, operations and programs, the Vector API backend and the reference. Start Java with
 * {@code --add-modules jdk.incubator.vector}; without it the slow reference computes.
 */
@SuppressWarnings("module") // those that packages are exported to are built later
module dev.getj.kernels {
    requires static jdk.incubator.vector;

    exports dev.getj.kernels;
    exports dev.getj.kernels.device;
    exports dev.getj.kernels.op;
    exports dev.getj.kernels.tensor;
    exports dev.getj.kernels.profile to
            dev.getj.lab,
            dev.getj.model,
            dev.getj.train;
    exports dev.getj.kernels.reference to
            dev.getj.cli,
            dev.getj.model,
            dev.getj.solver;
    exports dev.getj.kernels.selftest to
            dev.getj.cli;

    uses dev.getj.kernels.BackendProvider;
    uses dev.getj.kernels.ProductLibrary;
}
