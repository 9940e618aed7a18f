package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.Attention;
import dev.getj.kernels.tornado.AttentionBackward;
import dev.getj.kernels.tornado.AttentionFew;
import dev.getj.kernels.tornado.AttentionKeysBackward;
import dev.getj.kernels.tornado.ColumnSums;
import dev.getj.kernels.tornado.LayerNorm;
import dev.getj.kernels.tornado.LayerNormBackward;

import java.util.List;

/** Layer normalisation and attention, forward and backward, as tasks. */
final class LayerTasks {
    private final Tasks tasks;
    private final Tiling tiling;
    private final ColumnSumTasks columnSums;

    LayerTasks(Tasks tasks, Tiling tiling) {
        this.tasks = tasks;
        this.tiling = tiling;
        columnSums = new ColumnSumTasks(tasks);
    }

    void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        int rows = x.rows();
        int width = x.dim(-1);
        int lanes = LayerNorm.lanes(rows, width);
        int keep = statistics != null ? 1 : 0;
        Arguments a =
                tasks.arguments()
                        .tensor(x)
                        .tensor(gamma)
                        .alongside(beta)
                        .tensor(y)
                        .alongside(statistics);
        tasks.add(
                "layerNorm",
                LayerNorm.geometry(rows, lanes),
                a,
                List.of(rows, width, lanes, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNorm::layerNormForward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                rows,
                                width,
                                lanes,
                                keep));
    }

    void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        int rows = x.rows();
        int width = x.dim(-1);
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        int partial = ColumnSums.scratch(rows, width, 2);
        Arguments sums = tasks.arguments().tensor(dY).tensor(x).tensor(statistics).scratch(partial);
        tasks.add(
                "layerNormColumnSums",
                LayerNormBackward.sumsGeometry(rows, width),
                sums,
                List.of(rows, width, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormColumnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.column(),
                                rows,
                                width,
                                rowsOfPart));
        columnSums.add(
                tasks.arguments().scratch(partial).tensor(dGamma).alongside(dBeta),
                ColumnSums.parts(rows),
                2,
                width);
        Arguments a =
                tasks.arguments().tensor(dY).tensor(x).tensor(gamma).tensor(statistics).tensor(dX);
        tasks.add(
                "layerNormInputBackward",
                LayerNormBackward.geometry(rows),
                a,
                List.of(rows, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormInputBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                rows,
                                width));
    }

    void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        int samples = qkv.dim(0);
        int tokens = qkv.dim(1);
        int depth = depth(y, heads);
        int keep = logSumExp != null ? 1 : 0;
        Arguments a = tasks.arguments().tensor(qkv).tensor(y).alongside(logSumExp);
        List<Integer> constants = List.of(tokens, heads, depth, keep);
        if (tiling.few(samples, tokens, heads)) {
            tasks.add(
                    "attentionOfFew",
                    AttentionFew.geometry(samples, tokens, heads),
                    a,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    AttentionFew::attentionOfFew,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.column(),
                                    tokens,
                                    heads,
                                    depth,
                                    keep));
        } else {
            tasks.add(
                    "attention",
                    Attention.geometry(samples, tokens, heads),
                    a,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    Attention::attentionForward,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.column(),
                                    tokens,
                                    heads,
                                    depth,
                                    keep));
        }
    }

    private static int depth(Tensor y, int heads) {
        int depth = y.dim(-1) / heads;
        if (depth > Attention.DEEPEST) {
            throw new IllegalArgumentException(
                    "heads %s deep do not fit a device's local memory, %s is the most: use more heads or --device jvm"
                            .formatted(depth, Attention.DEEPEST));
        }
        return depth;
    }

    void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        int samples = qkv.dim(0);
        int tokens = qkv.dim(1);
        int depth = depth(y, heads);
        int slopes = AttentionBackward.scratch(samples, tokens, heads);
        List<Integer> constants = List.of(tokens, heads, depth);
        Arguments s = tasks.arguments().tensor(dY).tensor(y).scratch(slopes);
        tasks.add(
                "attentionSlopes",
                AttentionBackward.slopesGeometry(samples, tokens, heads),
                s,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionBackward::attentionSlopes,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        Arguments a =
                tasks.arguments()
                        .tensor(dY)
                        .tensor(qkv)
                        .tensor(logSumExp)
                        .scratch(slopes)
                        .tensor(dQkv);
        tasks.add(
                "attentionQueriesBackward",
                AttentionBackward.geometry(samples, tokens, heads),
                a,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionBackward::attentionQueriesBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        tasks.add(
                "attentionKeysBackward",
                AttentionKeysBackward.geometry(samples, tokens, heads),
                a,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionKeysBackward::attentionKeysBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                tokens,
                                heads,
                                depth));
    }
}
