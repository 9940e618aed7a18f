package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tensor.Tensor;

/**
 * {@link AttentionOp}: softmax attention of one head after the other, with its whole score matrix.
 */
final class Attention {
    private Attention() {}

    static void compute(AttentionOp operation) {
        switch (operation) {
            case AttentionOp.Attention(var qkv, int heads, var y, var logSumExp) ->
                    forward(qkv, heads, y, logSumExp.orElse(null));
            case AttentionOp.AttentionBackward op ->
                    backward(op.dY(), op.qkv(), op.heads(), op.dQkv());
        }
    }

    // qkv [B, N, 3, H, d], y [B, N, H, d], logSumExp [B, H, N]
    private static void forward(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        int tokens = qkv.dim(1);
        int width = y.dim(-1);
        int depth = width / heads;
        for (int b = 0; b < qkv.dim(0); b++) {
            for (int h = 0; h < heads; h++) {
                double[] logSums = new double[tokens];
                double[][] probabilities = probabilities(qkv, b, h, depth, logSums);
                for (int q = 0; q < tokens; q++) {
                    for (int i = 0; i < depth; i++) {
                        double sum = 0;
                        for (int k = 0; k < tokens; k++) {
                            sum += probabilities[q][k] * get(qkv, at(qkv, b, k, 2, h, depth) + i);
                        }
                        set(y, (b * tokens + q) * width + h * depth + i, sum);
                    }
                    if (logSumExp != null) {
                        set(logSumExp, (b * heads + h) * tokens + q, logSums[q]);
                    }
                }
            }
        }
    }

    // dY [B, N, H, d], qkv and dQkv [B, N, 3, H, d]
    private static void backward(Tensor dY, Tensor qkv, int heads, Tensor dQkv) {
        int tokens = qkv.dim(1);
        int width = dY.dim(-1);
        int depth = width / heads;
        double scale = 1 / Math.sqrt(depth);
        double[] sums = new double[dQkv.size()];
        for (int b = 0; b < qkv.dim(0); b++) {
            for (int h = 0; h < heads; h++) {
                double[][] probabilities = probabilities(qkv, b, h, depth, new double[tokens]);
                for (int q = 0; q < tokens; q++) {
                    int out = (b * tokens + q) * width + h * depth;
                    double[] slopes = new double[tokens];
                    double mean = 0;
                    for (int k = 0; k < tokens; k++) {
                        for (int i = 0; i < depth; i++) {
                            slopes[k] +=
                                    get(dY, out + i) * get(qkv, at(qkv, b, k, 2, h, depth) + i);
                            sums[at(qkv, b, k, 2, h, depth) + i] +=
                                    probabilities[q][k] * get(dY, out + i);
                        }
                        mean += probabilities[q][k] * slopes[k];
                    }
                    for (int k = 0; k < tokens; k++) {
                        double slope = probabilities[q][k] * (slopes[k] - mean) * scale;
                        for (int i = 0; i < depth; i++) {
                            int query = at(qkv, b, q, 0, h, depth) + i;
                            int key = at(qkv, b, k, 1, h, depth) + i;
                            sums[query] += slope * get(qkv, key);
                            sums[key] += slope * get(qkv, query);
                        }
                    }
                }
            }
        }
        // rounded to the type of dQkv only here
        for (int i = 0; i < sums.length; i++) {
            set(dQkv, i, sums[i]);
        }
    }

    private static double[][] probabilities(Tensor qkv, int b, int h, int depth, double[] logSums) {
        int tokens = qkv.dim(1);
        double[][] probabilities = new double[tokens][tokens];
        for (int q = 0; q < tokens; q++) {
            double highest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < tokens; k++) {
                double score = 0;
                for (int i = 0; i < depth; i++) {
                    score +=
                            get(qkv, at(qkv, b, q, 0, h, depth) + i)
                                    * get(qkv, at(qkv, b, k, 1, h, depth) + i);
                }
                probabilities[q][k] = score / Math.sqrt(depth);
                highest = Math.max(highest, probabilities[q][k]);
            }
            double sum = 0;
            for (int k = 0; k < tokens; k++) {
                sum += Math.exp(probabilities[q][k] - highest);
            }
            logSums[q] = highest + Math.log(sum);
            for (int k = 0; k < tokens; k++) {
                probabilities[q][k] = Math.exp(probabilities[q][k] - logSums[q]);
            }
        }
        return probabilities;
    }

    // first element of part (0 q, 1 k, 2 v) of one head of one token
    private static int at(Tensor qkv, int b, int token, int part, int head, int depth) {
        return (b * qkv.dim(1) + token) * qkv.dim(2) + part * (qkv.dim(2) / 3) + head * depth;
    }
}
