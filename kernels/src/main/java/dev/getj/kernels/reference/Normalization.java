package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.add;
import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tensor.Tensor;

/** {@link NormOp}: layer normalisation with a two-pass variance, and RMS. */
final class Normalization {
    private Normalization() {}

    static void compute(NormOp operation) {
        switch (operation) {
            case NormOp.LayerNorm(var x, var gamma, var beta, var y, var statistics) ->
                    forward(x, gamma, beta, y, statistics.orElse(null));
            case NormOp.LayerNormBackward op ->
                    backward(
                            op.dY(),
                            op.x(),
                            op.gamma(),
                            op.statistics(),
                            op.dX(),
                            op.dGamma(),
                            op.dBeta());
            case NormOp.RmsNorm op -> forward(op);
            case NormOp.RmsNormBackward op -> backward(op);
        }
    }

    private static void forward(NormOp.RmsNorm op) {
        int width = op.x().dim(-1);
        for (int r = 0; r < op.x().rows(); r++) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                double value = get(op.x(), r * width + i);
                mean += value * value / width;
            }
            double rrms = 1 / Math.sqrt(mean + NormOp.EPSILON);
            for (int i = 0; i < width; i++) {
                int at = r * width + i;
                set(op.y(), at, get(op.x(), at) * rrms * get(op.gamma(), i));
            }
            if (op.statistics().isPresent()) {
                set(op.statistics().get(), r, rrms);
            }
        }
    }

    private static void backward(NormOp.RmsNormBackward op) {
        int width = op.x().dim(-1);
        for (int r = 0; r < op.x().rows(); r++) {
            double rrms = get(op.statistics(), r);
            double mean = 0;
            for (int i = 0; i < width; i++) {
                int at = r * width + i;
                mean += get(op.dY(), at) * get(op.gamma(), i) * get(op.x(), at) * rrms / width;
            }
            for (int i = 0; i < width; i++) {
                int at = r * width + i;
                double normed = get(op.x(), at) * rrms;
                add(op.dGamma(), i, get(op.dY(), at) * normed);
                add(op.dX(), at, rrms * (get(op.dY(), at) * get(op.gamma(), i) - normed * mean));
            }
        }
    }

    // x, y [R, D], gamma, beta [D], statistics [R, 2]
    private static void forward(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
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
            double rstd = 1 / Math.sqrt(variance + NormOp.EPSILON);
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
    private static void backward(
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
