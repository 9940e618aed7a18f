/** Fixed-point solvers and gradients of equilibria. */
module dev.getj.solver {
    requires transitive dev.getj.kernels;
    requires ejml.ddense;
    requires ejml.core;

    exports dev.getj.solver;
}
