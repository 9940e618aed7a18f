/** Fixed-point solvers and gradients of equilibria. */
module dev.getj.solver {
    requires transitive dev.getj.kernels;

    exports dev.getj.solver;
}
