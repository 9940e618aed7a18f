/**
 * How good samples are: the {@link dev.getj.eval.FrechetDistance Fréchet distance} between the
 * {@link dev.getj.eval.Moments moments} of two sets of {@link dev.getj.eval.Features features},
 * {@link dev.getj.eval.PrecisionRecall precision and recall}, {@link dev.getj.eval.Memorisation
 * copies} of the training data, and what a {@link dev.getj.eval.Classifier classifier} thinks of
 * them.
 */
package dev.getj.eval;
