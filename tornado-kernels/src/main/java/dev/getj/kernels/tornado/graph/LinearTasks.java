package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.Epilogue;
import dev.getj.kernels.tornado.Geometry;
import dev.getj.kernels.tornado.InjectionBackward;
import dev.getj.kernels.tornado.MatMul;
import dev.getj.kernels.tornado.MatMulLarge;
import dev.getj.kernels.tornado.MatMulSliced;
import dev.getj.kernels.tornado.MatMulSmall;
import dev.getj.kernels.tornado.MatMulSplitK;

import java.util.List;

/** Matrix products, forward and backward, and what is added to them, as tasks. */
final class LinearTasks {
    private final Tasks tasks;
    private final Tiling tiling;
    private final ColumnSumTasks columnSums;

    LinearTasks(Tasks tasks, Tiling tiling) {
        this.tasks = tasks;
        this.tiling = tiling;
        columnSums = new ColumnSumTasks(tasks);
    }

    void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        forward(x, weight, bias, y, 0, null, 0, null, 1, 1);
    }

    void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        int flags = Epilogue.GELU + (preActivation != null ? Epilogue.KEEP : 0);
        forward(x, weight, bias, y, flags, preActivation, 0, null, 1, 1);
    }

    void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        forward(x, weight, bias, y, Epilogue.RESIDUAL, residual, 0, null, residual.rows(), 1);
    }

    void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y) {
        int flags =
                (injection != null ? Epilogue.INJECTION : 0)
                        + (condition != null ? Epilogue.CONDITION : 0);
        int period = condition == null ? 1 : y.rows() / condition.rows();
        int width = injection == null ? 1 : injection.dim(-1);
        forward(x, weight, bias, y, flags, injection, column, condition, period, width);
    }

    private void forward(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor y,
            int epilogue,
            Tensor extra,
            int first,
            Tensor condition,
            int period,
            int width) {
        int m = y.rows();
        int n = weight.dim(0);
        int k = weight.dim(1);
        int flags = epilogue + (bias != null ? Epilogue.BIAS : 0);
        boolean split = tiling.split(m, n, k);
        int depth = split ? tiling.splitDepth(m, n, k) : k;
        int parts = Geometry.ceil(k, depth);
        Arguments arguments = tasks.arguments().tensor(x).tensor(weight);
        if (parts > 1) {
            parts(arguments.alongside(null).tensor(null).tensor(null), m, n, parts);
            split(arguments, m, n, k, depth, 0, 1, 1);
            Arguments ends = tasks.arguments().scratch(Math.multiplyExact(parts, m * n));
            ends.tensor(bias).tensor(extra, first).tensor(condition).tensor(y);
            requireKept(ends, flags, extra);
            join(ends, m, n, parts, flags, period, width);
            return;
        }
        arguments.alongside(bias).tensor(extra, first).tensor(condition).tensor(y);
        requireKept(arguments, flags, extra);
        if (split) {
            split(arguments, m, n, k, depth, flags, period, width);
        } else if (tiling.sliced(m, n, k)) {
            sliced(arguments, m, n, k, flags, period, width);
        } else {
            product(arguments, m, n, k, MatMul.FORWARD, k, flags, period, width);
        }
    }

    // the pre-activation is written, too
    private static void requireKept(Arguments arguments, int flags, Tensor preActivation) {
        if ((flags & Epilogue.KEEP) != 0) {
            arguments.requireAlongside(preActivation);
        }
    }

    // where the parts of a product go
    private static void parts(Arguments arguments, int m, int n, int parts) {
        arguments.scratchWithOffset(Math.multiplyExact(parts, Math.multiplyExact(m, n)));
    }

    void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        backwardInput(dY, weight, dX, 0, null);
    }

    void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        backwardInput(dY, weight, dPreActivation, Epilogue.GELU_DERIVATIVE, preActivation);
    }

    private void backwardInput(
            Tensor dY, Tensor weight, Tensor dX, int flags, Tensor preActivation) {
        int k = weight.dim(0);
        Arguments arguments =
                tasks.arguments()
                        .tensor(dY)
                        .tensor(weight)
                        .alongside(null)
                        .tensor(preActivation)
                        .tensor(null)
                        .tensor(dX);
        product(arguments, dX.rows(), weight.dim(1), k, MatMul.BACKWARD_INPUT, k, flags, 1, 1);
    }

    void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int m = dWeight.dim(0);
        int n = dWeight.dim(1);
        int k = x.rows();
        int depth = tiling.partDepth(m, n, k);
        int parts = Geometry.ceil(k, depth);
        int flags = parts == 1 ? Epilogue.ACCUMULATE : 0;
        Arguments arguments =
                tasks.arguments().tensor(dY).tensor(x).alongside(null).tensor(null).tensor(null);
        if (parts == 1) {
            arguments.tensor(dWeight);
        } else {
            parts(arguments, m, n, parts);
        }
        product(arguments, m, n, k, MatMul.BACKWARD_WEIGHT, depth, flags, 1, 1);
        if (parts > 1) {
            Arguments ends = tasks.arguments().scratch(Math.multiplyExact(parts, m * n));
            ends.tensor(null).tensor(null).tensor(null).tensor(dWeight);
            join(ends, m, n, parts, Epilogue.ACCUMULATE, 1, 1);
        }
        if (dBias != null) {
            columnSums.sum(dY, k, m, dBias);
        }
    }

    private void product(
            Arguments arguments,
            int m,
            int n,
            int k,
            int layout,
            int depth,
            int flags,
            int period,
            int width) {
        int parts = Geometry.ceil(k, depth);
        boolean large =
                layout == MatMul.BACKWARD_WEIGHT ? tiling.largeWeight(m, n) : tiling.large(m, n);
        List<Integer> constants = List.of(m, n, k, layout, depth, flags, period, width);
        if (large) {
            tasks.add(
                    "matMulLarge",
                    MatMulLarge.geometry(m, n, parts),
                    arguments,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    MatMulLarge::matMulLarge,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.f(2),
                                    at.f(3),
                                    at.f(4),
                                    at.column(),
                                    m,
                                    n,
                                    k,
                                    layout,
                                    depth,
                                    flags,
                                    period,
                                    width));
        } else {
            tasks.add(
                    "matMulSmall",
                    MatMulSmall.geometry(m, n, parts),
                    arguments,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    MatMulSmall::matMulSmall,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.f(2),
                                    at.f(3),
                                    at.f(4),
                                    at.column(),
                                    m,
                                    n,
                                    k,
                                    layout,
                                    depth,
                                    flags,
                                    period,
                                    width));
        }
    }

    private void sliced(
            Arguments arguments, int m, int n, int k, int flags, int period, int width) {
        tasks.add(
                "matMulSliced",
                MatMulSliced.geometry(m, n),
                arguments,
                List.of(m, n, k, flags, period, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSliced::matMulSliced,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                m,
                                n,
                                k,
                                flags,
                                period,
                                width));
    }

    private void split(
            Arguments arguments, int m, int n, int k, int depth, int flags, int period, int width) {
        tasks.add(
                "matMulSplitK",
                MatMulSplitK.geometry(m, n, Geometry.ceil(k, depth)),
                arguments,
                List.of(m, n, k, depth, flags, period, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSplitK::matMulSplitK,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                m,
                                n,
                                k,
                                depth,
                                flags,
                                period,
                                width));
    }

    private void join(
            Arguments arguments, int m, int n, int parts, int flags, int period, int width) {
        tasks.add(
                "matMulJoin",
                MatMul.joinGeometry(m, n),
                arguments,
                List.of(m, n, parts, flags, period, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMul::matMulJoin,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                m,
                                n,
                                parts,
                                flags,
                                period,
                                width));
    }

    void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        int rows = dY.rows();
        int outputs = dY.dim(-1);
        if (dInjection != null) {
            int width = dInjection.dim(-1);
            Arguments a = tasks.arguments().tensor(dY).tensor(dInjection, column);
            tasks.add(
                    "injectionSliceBackward",
                    InjectionBackward.sliceGeometry(rows, outputs),
                    a,
                    List.of(rows, outputs, width),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    InjectionBackward::injectionSliceBackward,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.column(),
                                    rows,
                                    outputs,
                                    width));
        }
        if (dCondition != null) {
            int samples = dCondition.rows();
            int tokens = rows / samples;
            Arguments a = tasks.arguments().tensor(dY).tensor(dCondition);
            tasks.add(
                    "conditionBackward",
                    InjectionBackward.conditionGeometry(samples, outputs),
                    a,
                    List.of(tokens, outputs),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    InjectionBackward::conditionBackward,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.f(0),
                                    at.f(1),
                                    at.column(),
                                    tokens,
                                    outputs));
        }
    }
}
