/**
 * What solvers do on a network: how they converge, what surrounds the solution, and the memory that
 * each gradient needs.
 */
package dev.getj.equilibrium;
