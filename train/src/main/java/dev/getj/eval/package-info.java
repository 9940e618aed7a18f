/**
 * How good samples are: the {@link dev.getj.eval.FrechetDistance Fréchet distance} between the
 * {@link dev.getj.eval.Moments moments} of two sets of {@link dev.getj.eval.FeatureMap features}.
 */
package dev.getj.eval;
