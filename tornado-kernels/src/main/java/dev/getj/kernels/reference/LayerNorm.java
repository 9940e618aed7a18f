package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.ReferenceKernels.add;
import static dev.getj.kernels.reference.ReferenceKernels.get;
import static dev.getj.kernels.reference.ReferenceKernels.set;

import dev.getj.kernels.Kernels;
import dev.getj.kernels.Tensor;

/** Layer normalisation, two-pass variance. */
final class LayerNorm {
    private LayerNorm() {}

    // x, y [R, D], gamma, beta [D], statistics [R, 2]
    static void forward(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        int width = x.dim(-1);
        for (int r = 0; r < x.rows(); r++) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += get(x, r * width + i) / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
                double centred = get(x, r * width + i) - mean;
                variance += centred * centred / width;
            }
            double rstd = 1 / Math.sqrt(variance + Kernels.LAYER_NORM_EPSILON);
            for (int i = 0; i < width; i++) {
                set(
                        y,
                        r * width + i,
                        (get(x, r * width + i) - mean) * rstd * get(gamma, i) + get(beta, i));
            }
            if (statistics != null) {
                set(statistics, 2 * r, mean);
                set(statistics, 2 * r + 1, rstd);
            }
        }
    }

    // dY, x, dX [R, D], statistics [R, 2], gamma, dGamma, dBeta [D]
    static void backward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        int width = x.dim(-1);
        for (int r = 0; r < x.rows(); r++) {
            double mean = get(statistics, 2 * r);
            double rstd = get(statistics, 2 * r + 1);
            double meanSlope = 0;
            double meanSlopeNormed = 0;
            for (int i = 0; i < width; i++) {
                double normed = (get(x, r * width + i) - mean) * rstd;
                double slope = get(dY, r * width + i) * get(gamma, i);
                meanSlope += slope / width;
                meanSlopeNormed += slope * normed / width;
            }
            for (int i = 0; i < width; i++) {
                double normed = (get(x, r * width + i) - mean) * rstd;
                double slope = get(dY, r * width + i);
                add(dGamma, i, slope * normed);
                add(dBeta, i, slope);
                add(
                        dX,
                        r * width + i,
                        rstd * (slope * get(gamma, i) - meanSlope - normed * meanSlopeNormed));
            }
        }
    }
}
