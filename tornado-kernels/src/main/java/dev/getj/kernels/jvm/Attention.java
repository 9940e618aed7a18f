package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/**
 * Softmax attention. A task takes one head of one sample and some of its blocks of queries, and
 * works in memory of its own: keys and values are copied together, and what belongs to a block of
 * queries (scores, probabilities, outputs) are panels of {@link PanelGemm}, one query a column.
 * Sums over keys and over queries run in their order, so no result depends on the blocks and the
 * tasks.
 */
final class Attention {
    /** Queries of a block. */
    private static final int QUERIES = PanelGemm.WIDTH;

    private static final int TASKS_PER_THREAD = 4;

    /** Floats between the memory of two workers. */
    private static final int SPACING = 2 * Workers.SPACING;

    private Attention() {}

    // qkv [B, N, 3, H, d], y [B, N, H, d], logSumExp [B, H, N] or null
    static RowWork forward(
            Workers workers, Scratch scratch, Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        Heads in = Heads.of(qkv, 3, heads);
        Heads out = Heads.of(y, 1, heads);
        int tokens = in.tokens();
        int depth = in.depth();
        float scale = (float) (Softmax.UNIT / Math.sqrt(depth));
        float[] logSums = logSumExp == null ? null : JvmBuffer.of(logSumExp).values;
        int stride = stride(depth);
        // of a worker: k, v [N, stride], panels of queries, later outputs [d], scores [N], maxima,
        // sums [1]
        int used = 2 * tokens * stride + (depth + tokens + 2) * QUERIES + SPACING;
        // launches of one chain run side by side: who shares an array shares its division
        int share = Integer.highestOneBit(used) << 1;
        float[] working = scratch.take(Scratch.Use.LEFT, share * workers.count());
        int blocks = Gemm.ceil(tokens, QUERIES);
        RowTasks rowTasks =
                (firstRow, endRow, wanted) -> {
                    int firstSample = firstRow / tokens;
                    int samples = endRow / tokens - firstSample;
                    int blocksPerTask = blocksPerTask(wanted, samples * heads, blocks);
                    int tasks = Gemm.ceil(blocks, blocksPerTask);
                    Workers.Task task =
                            (index, worker) -> {
                                // the queries of a sample in turn, as the rows of other launches
                                int sample = firstSample + index / (heads * tasks);
                                int head = sample * heads + index % heads;
                                int start = index / heads % tasks * blocksPerTask * QUERIES;
                                int end = Math.min(tokens, start + blocksPerTask * QUERIES);
                                int k = worker * share;
                                int v = k + tokens * stride;
                                int queries = v + tokens * stride;
                                int scores = queries + depth * QUERIES;
                                int maxima = scores + tokens * QUERIES;
                                int sums = maxima + QUERIES;
                                in.gather(1, head, working, k, stride);
                                in.gather(2, head, working, v, stride);
                                for (int first = start; first < end; first += QUERIES) {
                                    int count = Math.min(QUERIES, tokens - first);
                                    in.load(0, head, first, count, scale, working, queries);
                                    PanelGemm.multiply(
                                            working, k, stride, 1, tokens, depth, queries, scores,
                                            false);
                                    Softmax.maxima(working, scores, tokens, maxima);
                                    Softmax.exponentials(working, scores, tokens, maxima, sums);
                                    PanelGemm.multiply(
                                            working, v, 1, stride, depth, tokens, scores, queries,
                                            false);
                                    Softmax.divide(working, queries, depth, sums);
                                    out.store(working, queries, 0, head, first, count);
                                    if (logSums != null) {
                                        int at = logSumExp.offset() + head * tokens + first;
                                        Softmax.logSums(working, maxima, sums, count, logSums, at);
                                    }
                                }
                            };
                    return new RowTasks.Part(samples * heads * tasks, task);
                };
        return new RowWork(
                qkv.rows(), tokens, TASKS_PER_THREAD, rowTasks, new Tensor[] {qkv}, new Tensor[0]);
    }

    // dY [B, N, H, d], qkv, dQkv [B, N, 3, H, d], logSumExp [B, H, N]; a task is a head
    static Runnable backward(
            Workers workers,
            Scratch scratch,
            Tensor dY,
            Tensor qkv,
            Tensor logSumExp,
            int heads,
            Tensor dQkv) {
        Heads in = Heads.of(qkv, 3, heads);
        Heads slopes = Heads.of(dY, 1, heads);
        Heads out = Heads.of(dQkv, 3, heads);
        int tokens = in.tokens();
        int depth = in.depth();
        float scale = (float) (1 / Math.sqrt(depth));
        float scoreScale = (float) (Softmax.UNIT / Math.sqrt(depth));
        float[] logSums = JvmBuffer.of(logSumExp).values;
        int stride = stride(depth);
        int slices = Gemm.ceil(depth, QUERIES);
        // of a worker: k, v [N, stride]; panels of dK, dV [slices, N]; of a block: queries and
        // slopes of outputs [d], both again as rows [slices, QUERIES], probabilities and their
        // slopes [N], log sums [1]
        int sums = tokens * slices * QUERIES;
        int rows = slices * QUERIES * QUERIES;
        int share =
                2 * (tokens * stride + sums + rows + (depth + tokens) * QUERIES)
                        + QUERIES
                        + SPACING;
        float[] working = scratch.take(Scratch.Use.LEFT, share * workers.count());
        Workers.Task task =
                (head, worker) -> {
                    int k = worker * share;
                    int v = k + tokens * stride;
                    int dK = v + tokens * stride;
                    int dV = dK + sums;
                    int q = dV + sums;
                    int dOut = q + depth * QUERIES;
                    int qRows = dOut + depth * QUERIES;
                    int dOutRows = qRows + rows;
                    int p = dOutRows + rows;
                    int dP = p + tokens * QUERIES;
                    int logs = dP + tokens * QUERIES;
                    in.gather(1, head, working, k, stride);
                    in.gather(2, head, working, v, stride);
                    for (int first = 0; first < tokens; first += QUERIES) {
                        int count = Math.min(QUERIES, tokens - first);
                        in.load(0, head, first, count, scoreScale, working, q);
                        in.loadRows(0, head, first, count, working, qRows);
                        slopes.load(0, head, first, count, 1, working, dOut);
                        slopes.loadRows(0, head, first, count, working, dOutRows);
                        int from = logSumExp.offset() + head * tokens + first;
                        for (int i = 0; i < count; i++) {
                            working[logs + i] = (float) (Softmax.UNIT * logSums[from + i]);
                        }

                        // p = exp(q kᵀ/√d − logSumExp)
                        PanelGemm.multiply(working, k, stride, 1, tokens, depth, q, p, false);
                        // y = p v: dP = dY vᵀ, dV += pᵀ dY
                        PanelGemm.multiply(working, v, stride, 1, tokens, depth, dOut, dP, false);
                        Softmax.backward(working, p, dP, tokens, logs, scale);
                        overQueries(working, p, tokens, count, dOutRows, dV, slices, first > 0);
                        // s = q kᵀ/√d; dP is dS/√d by now: dQ = dS k/√d, dK += dSᵀ q/√d
                        PanelGemm.multiply(working, k, 1, stride, depth, tokens, dP, q, false);
                        out.store(working, q, 0, head, first, count);
                        overQueries(working, dP, tokens, count, qRows, dK, slices, first > 0);
                    }
                    out.scatter(working, dK, 1, head);
                    out.scatter(working, dV, 2, head);
                };
        return () -> workers.run(in.count(), task);
    }

    // C [N, d] (+)= panel P [N, count] · B [count, d], B and C in slices of a panel's width
    private static void overQueries(
            float[] working, int p, int tokens, int count, int b, int c, int slices, boolean add) {
        for (int i = 0; i < slices; i++) {
            int from = b + i * QUERIES * QUERIES;
            int to = c + i * tokens * QUERIES;
            PanelGemm.multiply(working, p, QUERIES, 1, tokens, count, from, to, add);
        }
    }

    // a task copies keys and values first, so it should take many blocks; but every thread needs
    // some tasks
    private static int blocksPerTask(int wanted, int heads, int blocks) {
        int tasksPerHead = Math.min(blocks, Gemm.ceil(wanted, heads));
        return Gemm.ceil(blocks, tasksPerHead);
    }

    // rows of k and v lie an odd number of cache lines apart, so that a column spreads over all
    // sets of the cache
    private static int stride(int depth) {
        return (Gemm.ceil(depth, 16) | 1) * 16;
    }
}
