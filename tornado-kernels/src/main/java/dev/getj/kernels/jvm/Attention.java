package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;

/**
 * Softmax attention. A task handles one head of one sample and a block of queries, as many as fit
 * two vectors: the scores of the block lie transposed in scratch, [N keys, 2 vectors of queries],
 * so that maxima and sums over the keys run lane by lane, in the order of the keys, and no query's
 * result depends on the block it is in.
 */
final class Attention {
    /** Queries of a block. */
    static final int QUERIES = 2 * LANES;

    private Attention() {}

    // qkv [B, N, 3, H, d], y [B, N, H, d], logSumExp [B, H, N] or null
    static Runnable forward(
            Workers workers, Scratch scratch, Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        int tokens = qkv.dim(1);
        int width = y.dim(-1);
        int depth = width / heads;
        float[] source = JvmBuffer.of(qkv).values;
        float[] target = JvmBuffer.of(y).values;
        float[] logSums = logSumExp == null ? null : JvmBuffer.of(logSumExp).values;
        float scale = (float) (1 / Math.sqrt(depth));
        int blocks = (tokens + QUERIES - 1) / QUERIES;
        // per worker: transposed queries [d, QUERIES], scores [N, QUERIES], maximum and sum [2,
        // QUERIES]
        int scoresAt = depth * QUERIES;
        int sumsAt = scoresAt + tokens * QUERIES;
        int perWorker = sumsAt + 2 * QUERIES;
        float[] working = scratch.take(Scratch.Use.LEFT, perWorker * workers.count());
        Workers.Task task =
                (index, worker) -> {
                    int first = index % blocks * QUERIES;
                    int count = Math.min(QUERIES, tokens - first);
                    int head = index / blocks % heads;
                    int b = index / blocks / heads;
                    int q = qkv.offset() + (b * tokens + first) * 3 * width + head * depth;
                    int k = qkv.offset() + b * tokens * 3 * width + width + head * depth;
                    int v = k + width;
                    int out = y.offset() + (b * tokens + first) * width + head * depth;
                    int queries = worker * perWorker;
                    int scores = queries + scoresAt;
                    int sums = queries + sumsAt;

                    transpose(source, q, 3 * width, count, depth, scale, working, queries);
                    SmallGemm.multiply(
                            tokens, depth, QUERIES, source, k, 3 * width, 1, working, queries,
                            QUERIES, working, scores, QUERIES, false);
                    softmax(working, scores, tokens, sums);
                    SmallGemm.multiply(
                            count, tokens, depth, working, scores, 1, QUERIES, source, v, 3 * width,
                            target, out, width, false);
                    divide(target, out, width, count, depth, working, sums + QUERIES);
                    if (logSums != null) {
                        int at = logSumExp.offset() + (b * heads + head) * tokens + first;
                        for (int i = 0; i < count; i++) {
                            logSums[at + i] =
                                    (float)
                                            (working[sums + i]
                                                    + Math.log(working[sums + QUERIES + i]));
                        }
                    }
                };
        return () -> workers.run(qkv.dim(0) * heads * blocks, task);
    }

    // dY [B, N, H, d], qkv and dQkv [B, N, 3, H, d], logSumExp [B, H, N]; a task is one head of one
    // sample
    static Runnable backward(
            Workers workers,
            Scratch scratch,
            Tensor dY,
            Tensor qkv,
            Tensor logSumExp,
            int heads,
            Tensor dQkv) {
        int tokens = qkv.dim(1);
        int width = dY.dim(-1);
        int depth = width / heads;
        float[] source = JvmBuffer.of(qkv).values;
        float[] slopes = JvmBuffer.of(dY).values;
        float[] logSums = JvmBuffer.of(logSumExp).values;
        float[] target = JvmBuffer.of(dQkv).values;
        float scale = (float) (1 / Math.sqrt(depth));
        // per worker: transposed queries and slopes [2, d, QUERIES], p and dP [2, N, QUERIES], log
        // sums [QUERIES]
        int slopesAt = depth * QUERIES;
        int probabilitiesAt = 2 * slopesAt;
        int dProbabilitiesAt = probabilitiesAt + tokens * QUERIES;
        int logSumsAt = dProbabilitiesAt + tokens * QUERIES;
        int perWorker = logSumsAt + QUERIES;
        float[] working = scratch.take(Scratch.Use.LEFT, perWorker * workers.count());
        Workers.Task task =
                (index, worker) -> {
                    int head = index % heads;
                    int b = index / heads;
                    int row = 3 * width;
                    int base = b * tokens * row + head * depth;
                    int k = qkv.offset() + base + width;
                    int dK = dQkv.offset() + base + width;
                    int queries = worker * perWorker;
                    int dOut = queries + slopesAt;
                    int p = queries + probabilitiesAt;
                    int dP = queries + dProbabilitiesAt;
                    for (int first = 0; first < tokens; first += QUERIES) {
                        int count = Math.min(QUERIES, tokens - first);
                        int q = qkv.offset() + base + first * row;
                        int dQ = dQkv.offset() + base + first * row;
                        int out = dY.offset() + (b * tokens + first) * width + head * depth;
                        int logs = queries + logSumsAt;
                        System.arraycopy(
                                logSums,
                                logSumExp.offset() + index * tokens + first,
                                working,
                                logs,
                                count);

                        // p = exp(q kᵀ/√d − logSumExp), transposed
                        transpose(source, q, row, count, depth, scale, working, queries);
                        SmallGemm.multiply(
                                tokens, depth, QUERIES, source, k, row, 1, working, queries,
                                QUERIES, working, p, QUERIES, false);
                        // y = p v: dP = dY vᵀ, dV += pᵀ dY
                        transpose(slopes, out, width, count, depth, 1, working, dOut);
                        SmallGemm.multiply(
                                tokens, depth, QUERIES, source, k + width, row, 1, working, dOut,
                                QUERIES, working, dP, QUERIES, false);
                        softmaxBackward(working, p, dP, tokens, logs, scale);
                        boolean add = first > 0;
                        SmallGemm.multiply(
                                tokens,
                                count,
                                depth,
                                working,
                                p,
                                QUERIES,
                                1,
                                slopes,
                                out,
                                width,
                                target,
                                dK + width,
                                row,
                                add);
                        // s = q kᵀ/√d: dQ = dS k/√d, dK += dSᵀ q/√d
                        SmallGemm.multiply(
                                count, tokens, depth, working, dP, 1, QUERIES, source, k, row,
                                target, dQ, row, false);
                        SmallGemm.multiply(
                                tokens, count, depth, working, dP, QUERIES, 1, source, q, row,
                                target, dK, row, add);
                    }
                };
        return () -> workers.run(qkv.dim(0) * heads, task);
    }

    // target [d, QUERIES] = scale · source [count, d] transposed; columns from count on are zero
    private static void transpose(
            float[] source,
            int at,
            int row,
            int count,
            int depth,
            float scale,
            float[] target,
            int to) {
        for (int j = 0; j < QUERIES; j++) {
            for (int i = 0; i < depth; i++) {
                target[to + i * QUERIES + j] = j < count ? scale * source[at + j * row + i] : 0;
            }
        }
    }

    // scores [N, QUERIES] become exp(score − maximum); sums [2, QUERIES] receives maxima and sums
    // of the exponentials
    private static void softmax(float[] working, int scores, int tokens, int sums) {
        for (int lane = 0; lane < QUERIES; lane += LANES) {
            FloatVector highest = FloatVector.fromArray(SPECIES, working, scores + lane);
            for (int k = 1; k < tokens; k++) {
                highest =
                        highest.max(
                                FloatVector.fromArray(
                                        SPECIES, working, scores + k * QUERIES + lane));
            }
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int k = 0; k < tokens; k++) {
                int at = scores + k * QUERIES + lane;
                FloatVector p =
                        VectorMath.exp(FloatVector.fromArray(SPECIES, working, at).sub(highest));
                p.intoArray(working, at);
                sum = sum.add(p);
            }
            highest.intoArray(working, sums + lane);
            sum.intoArray(working, sums + QUERIES + lane);
        }
    }

    // p: scores become probabilities; dP becomes p·(dP − Σ_keys p·dP)·scale
    private static void softmaxBackward(
            float[] working, int p, int dP, int tokens, int logSums, float scale) {
        for (int lane = 0; lane < QUERIES; lane += LANES) {
            FloatVector logSum = FloatVector.fromArray(SPECIES, working, logSums + lane);
            FloatVector mean = FloatVector.zero(SPECIES);
            for (int k = 0; k < tokens; k++) {
                int at = k * QUERIES + lane;
                FloatVector probability =
                        VectorMath.exp(FloatVector.fromArray(SPECIES, working, p + at).sub(logSum));
                probability.intoArray(working, p + at);
                mean = probability.fma(FloatVector.fromArray(SPECIES, working, dP + at), mean);
            }
            for (int k = 0; k < tokens; k++) {
                int at = k * QUERIES + lane;
                FloatVector slope = FloatVector.fromArray(SPECIES, working, dP + at).sub(mean);
                slope.mul(FloatVector.fromArray(SPECIES, working, p + at))
                        .mul(scale)
                        .intoArray(working, dP + at);
            }
        }
    }

    // y [count, d], rows apart by row: each divided by its sum
    private static void divide(
            float[] y, int at, int row, int count, int depth, float[] working, int sums) {
        for (int j = 0; j < count; j++) {
            float inverse = 1 / working[sums + j];
            for (int i = 0; i < depth; i++) {
                y[at + j * row + i] *= inverse;
            }
        }
    }
}
