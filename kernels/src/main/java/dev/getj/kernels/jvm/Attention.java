package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

/**
 * Softmax attention. A task takes one head of one sample and some of its blocks of queries, and
 * works in memory of its own. Scores have keys for rows and queries for columns, so that the
 * softmax is a matter of whole vectors; sums over keys and over queries run in their order, so no
 * result depends on the blocks and the tasks.
 */
final class Attention {
    /** Queries of a block: whole tiles of {@link StridedGemm}, as rows and as columns. */
    private static final int QUERIES = Math.max(64, StridedGemm.COLUMNS);

    private static final int TASKS_PER_THREAD = 4;

    private Attention() {}

    /**
     * What a forward task works with; keys are read where they lie. A row of d elements has room
     * for whole tiles, and holds anything beyond d.
     *
     * @param v [N, d]
     * @param rows [QUERIES, d], of queries and then of outputs
     * @param queries [d, QUERIES]
     * @param scores [N, QUERIES], then probabilities; {@code byQuery} is their transpose
     * @param maxima [1, QUERIES], as {@code sums}
     */
    private record Forward(
            Matrix v,
            Matrix rows,
            Matrix queries,
            Matrix scores,
            Matrix byQuery,
            Matrix maxima,
            Matrix sums,
            Matrix spare) {
        static Forward in(Matrix.Room room, int tokens, int depth) {
            int width = width(depth);
            Matrix scores = room.matrix(tokens, QUERIES);
            return new Forward(
                    room.matrix(tokens, width),
                    room.matrix(QUERIES, width),
                    room.matrix(width, QUERIES),
                    scores,
                    scores.transposed(),
                    room.matrix(1, QUERIES),
                    room.matrix(1, QUERIES),
                    room.matrix(1, Transposition.spare(width)));
        }
    }

    // qkv [B, N, 3, H, d], y [B, N, H, d], logSumExp [B, H, N] or null
    static RowWork forward(Scratch scratch, Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        Heads in = Heads.of(qkv, 3, heads);
        Heads out = Heads.of(y, 1, heads);
        Matrix[] keys = in.matrices(1);
        int tokens = in.tokens();
        int depth = in.depth();
        float scale = (float) (Softmax.UNIT / Math.sqrt(depth));
        float[] logSums = logSumExp == null ? null : JvmBuffer.of(logSumExp).values;
        Matrix.Room size = new Matrix.Room(null);
        Forward.in(size, tokens, depth);
        float[][] working = scratch.ofWorkers(Scratch.Use.LEFT, size.end());
        Forward[] memory = new Forward[working.length];
        for (int worker = 0; worker < memory.length; worker++) {
            memory[worker] = Forward.in(new Matrix.Room(working[worker]), tokens, depth);
        }
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
                                Forward m = memory[worker];
                                in.gather(2, head, 0, tokens, m.v);
                                for (int first = start; first < end; first += QUERIES) {
                                    int count = Math.min(QUERIES, tokens - first);
                                    forward(in, keys[head], out, head, first, count, scale, m);
                                    if (logSums != null) {
                                        int at = logSumExp.offset() + head * tokens + first;
                                        Softmax.logSums(m.maxima, m.sums, count, logSums, at);
                                    }
                                }
                            };
                    return new RowTasks.Part(samples * heads * tasks, task);
                };
        return new RowWork(
                qkv.rows(), tokens, TASKS_PER_THREAD, rowTasks, new Tensor[] {qkv}, new Tensor[0]);
    }

    // y = softmax(q kᵀ/√d) v for a block of queries
    private static void forward(
            Heads in, Matrix k, Heads out, int head, int first, int count, float scale, Forward m) {
        int tokens = in.tokens();
        int depth = in.depth();
        in.gather(0, head, first, count, m.rows);
        Transposition.turn(m.rows, count, m.rows.row(), scale, m.queries, m.spare);
        StridedGemm.multiply(k, m.queries, m.scores, tokens, depth, count, false);
        Softmax.exponentials(m.scores, tokens, count, m.maxima, m.sums);
        StridedGemm.multiply(m.byQuery, m.v, m.rows, count, tokens, depth, false);
        Softmax.divide(m.rows, count, depth, m.sums);
        out.scatter(m.rows, 0, head, first, count);
    }

    /**
     * What a backward task works with; values are read where they lie.
     *
     * @param k [N, d], as dK, dV
     * @param qRows [QUERIES, d], as dYRows, later dQ
     * @param q [d, QUERIES], as dY
     * @param p [N, QUERIES], as dP, later dS, whose transpose is {@code byQuery}
     * @param logSums [1, QUERIES]
     */
    private record Backward(
            Matrix k,
            Matrix dK,
            Matrix dV,
            Matrix qRows,
            Matrix dYRows,
            Matrix q,
            Matrix dY,
            Matrix p,
            Matrix dP,
            Matrix byQuery,
            Matrix logSums,
            Matrix spare) {
        static Backward in(Matrix.Room room, int tokens, int depth) {
            int width = width(depth);
            Matrix dP = room.matrix(tokens, QUERIES);
            return new Backward(
                    room.matrix(tokens, width),
                    room.matrix(tokens, width),
                    room.matrix(tokens, width),
                    room.matrix(QUERIES, width),
                    room.matrix(QUERIES, width),
                    room.matrix(width, QUERIES),
                    room.matrix(width, QUERIES),
                    room.matrix(tokens, QUERIES),
                    dP,
                    dP.transposed(),
                    room.matrix(1, QUERIES),
                    room.matrix(1, Transposition.spare(width)));
        }
    }

    // dY [B, N, H, d], qkv, dQkv [B, N, 3, H, d], logSumExp [B, H, N]; a task is a head
    static RowWork backward(
            Scratch scratch, Tensor dY, Tensor qkv, Tensor logSumExp, int heads, Tensor dQkv) {
        Heads in = Heads.of(qkv, 3, heads);
        Matrix[] values = in.matrices(2);
        Heads slopes = Heads.of(dY, 1, heads);
        Heads out = Heads.of(dQkv, 3, heads);
        int tokens = in.tokens();
        int depth = in.depth();
        float[] logSums = JvmBuffer.of(logSumExp).values;
        Matrix.Room size = new Matrix.Room(null);
        Backward.in(size, tokens, depth);
        float[][] working = scratch.ofWorkers(Scratch.Use.LEFT, size.end());
        Backward[] memory = new Backward[working.length];
        for (int worker = 0; worker < memory.length; worker++) {
            memory[worker] = Backward.in(new Matrix.Room(working[worker]), tokens, depth);
        }
        RowTasks tasks =
                (firstRow, endRow, wanted) -> {
                    int firstHead = firstRow / tokens * heads;
                    Workers.Task task =
                            (index, worker) -> {
                                int head = firstHead + index;
                                Backward m = memory[worker];
                                in.gather(1, head, 0, tokens, m.k);
                                for (int first = 0; first < tokens; first += QUERIES) {
                                    int count = Math.min(QUERIES, tokens - first);
                                    int from = logSumExp.offset() + head * tokens + first;
                                    for (int i = 0; i < count; i++) {
                                        working[worker][m.logSums.at() + i] =
                                                (float) (Softmax.UNIT * logSums[from + i]);
                                    }
                                    backward(in, values[head], slopes, out, head, first, count, m);
                                }
                                out.scatter(m.dK, 1, head, 0, tokens);
                                out.scatter(m.dV, 2, head, 0, tokens);
                            };
                    return new RowTasks.Part((endRow - firstRow) / tokens * heads, task);
                };
        Tensor[] local = {dY, qkv, logSumExp};
        return new RowWork(qkv.rows(), tokens, 1, tasks, local, new Tensor[0]);
    }

    private static void backward(
            Heads in,
            Matrix v,
            Heads slopes,
            Heads out,
            int head,
            int first,
            int count,
            Backward m) {
        int tokens = in.tokens();
        int depth = in.depth();
        int width = m.k.row();
        float scale = (float) (1 / Math.sqrt(depth));
        float scoreScale = (float) (Softmax.UNIT / Math.sqrt(depth));
        boolean add = first > 0;
        in.gather(0, head, first, count, m.qRows);
        slopes.gather(0, head, first, count, m.dYRows);
        Transposition.turn(m.qRows, count, width, scoreScale, m.q, m.spare);
        Transposition.turn(m.dYRows, count, width, 1, m.dY, m.spare);
        // p = exp(q kᵀ/√d − logSumExp)
        StridedGemm.multiply(m.k, m.q, m.p, tokens, depth, count, false);
        // y = p v: dP = dY vᵀ, dV += pᵀ dY
        StridedGemm.multiply(v, m.dY, m.dP, tokens, depth, count, false);
        Softmax.backward(m.p, m.dP, tokens, count, m.logSums, scale);
        StridedGemm.multiply(m.p, m.dYRows, m.dV, tokens, count, depth, add);
        // s = q kᵀ/√d; dP is dS/√d by now: dQ = dS k/√d, dK += dSᵀ q/√d
        StridedGemm.multiply(m.dP, m.qRows, m.dK, tokens, count, depth, add);
        StridedGemm.multiply(m.byQuery, m.k, m.dYRows, count, tokens, depth, false);
        out.scatter(m.dYRows, 0, head, first, count);
    }

    // a task copies values first, so it should take many blocks; but every thread needs some tasks
    private static int blocksPerTask(int wanted, int heads, int blocks) {
        int tasksPerHead = Math.min(blocks, Gemm.ceil(wanted, heads));
        return Gemm.ceil(blocks, tasksPerHead);
    }

    private static int width(int depth) {
        return Gemm.ceil(depth, StridedGemm.COLUMNS) * StridedGemm.COLUMNS;
    }
}
