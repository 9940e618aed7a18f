/**
 * Deep equilibrium models: solvers for z = f(z) with the stopping rule and statistics of TorchDEQ
 * (Geng and Kolter 2023), gradients through the solution, diagnostics. Nothing here knows GET: a
 * {@link dev.getj.solver.FixedPointMap} is any program that computes f(z), a {@link
 * dev.getj.solver.HostMap} any plain Java. Begin with {@link dev.getj.solver.Solver} and {@link
 * dev.getj.solver.Equilibrium}; {@code docs/solver.md} has examples.
 */
package dev.getj.solver;
