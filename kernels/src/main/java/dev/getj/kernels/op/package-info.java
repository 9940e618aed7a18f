/**
 * Operations as values: one record each, with its check, the tensors that it reads and writes, its
 * cost and example calls, a family in a file. Programs are lists of them.
 */
package dev.getj.kernels.op;
