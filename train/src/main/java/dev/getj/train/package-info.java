/**
 * Distillation: optimiser, trainer, run directory, and the check against the reference's numbers.
 */
package dev.getj.train;
