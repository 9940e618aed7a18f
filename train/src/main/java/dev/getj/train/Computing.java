package dev.getj.train;

import dev.getj.model.Precision;

/**
 * How a step is computed.
 *
 * @param recompute trade time for memory
 * @param precision of products and attention, in training and for the sample grids
 */
public record Computing(boolean recompute, Precision precision) {}
