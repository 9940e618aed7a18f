/**
 * Fixed-point solvers for deep equilibrium models, with the stopping rule and statistics of
 * TorchDEQ (Geng and Kolter 2023). Nothing here knows GET: a {@link dev.getj.solver.FixedPointMap}
 * is any program that computes f(z).
 */
package dev.getj.solver;
