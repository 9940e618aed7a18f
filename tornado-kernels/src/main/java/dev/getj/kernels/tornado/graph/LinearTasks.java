package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.Epilogue;
import dev.getj.kernels.tornado.InjectionBackward;
import dev.getj.kernels.tornado.MatMul;
import dev.getj.kernels.tornado.graph.ProductTasks.Product;

import java.util.List;

/** Matrix products, forward and backward, and what is added to them, as tasks. */
final class LinearTasks {
    private final Tasks tasks;
    private final Tiling tiling;
    private final ProductTasks products;
    private final ColumnSumTasks columnSums;

    LinearTasks(Tasks tasks, Tiling tiling) {
        this.tasks = tasks;
        this.tiling = tiling;
        products = new ProductTasks(tasks);
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
        Product product = new Product(m, n, k, depth, flags, period, width);
        Arguments arguments = tasks.arguments().tensor(x).tensor(weight);
        if (product.parts() > 1) {
            arguments.alongside(null).tensor(null).tensor(null);
            products.split(arguments.scratchWithOffset(product.partial()), product.bare());
            Arguments ends = tasks.arguments().scratch(product.partial());
            ends.tensor(bias).tensor(extra, first).tensor(condition).tensor(y);
            requireKept(ends, flags, extra);
            products.join(ends, product);
            return;
        }
        arguments.alongside(bias).tensor(extra, first).tensor(condition).tensor(y);
        requireKept(arguments, flags, extra);
        if (split) {
            products.split(arguments, product);
        } else if (tiling.sliced(m, n, k)) {
            products.sliced(arguments, product);
        } else {
            tiled(arguments, product, MatMul.FORWARD, tiling.large(m, n));
        }
    }

    private void tiled(Arguments arguments, Product product, int layout, boolean large) {
        if (large) {
            products.large(arguments, product, layout);
        } else {
            products.small(arguments, product, layout);
        }
    }

    // the pre-activation is written, too
    private static void requireKept(Arguments arguments, int flags, Tensor preActivation) {
        if ((flags & Epilogue.KEEP) != 0) {
            arguments.requireAlongside(preActivation);
        }
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
        int m = dX.rows();
        int n = weight.dim(1);
        Product product = new Product(m, n, k, k, flags, 1, 1);
        tiled(arguments, product, MatMul.BACKWARD_INPUT, tiling.large(m, n));
    }

    void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int m = dWeight.dim(0);
        int n = dWeight.dim(1);
        int k = x.rows();
        int depth = tiling.partDepth(m, n, k);
        Product product = new Product(m, n, k, depth, Epilogue.ACCUMULATE, 1, 1);
        boolean whole = product.parts() == 1;
        Arguments arguments =
                tasks.arguments().tensor(dY).tensor(x).alongside(null).tensor(null).tensor(null);
        if (whole) {
            arguments.tensor(dWeight);
        } else {
            arguments.scratchWithOffset(product.partial());
        }
        Product sums = whole ? product : product.bare();
        tiled(arguments, sums, MatMul.BACKWARD_WEIGHT, tiling.largeWeight(m, n));
        if (!whole) {
            Arguments ends = tasks.arguments().scratch(product.partial());
            products.join(ends.tensor(null).tensor(null).tensor(null).tensor(dWeight), product);
        }
        if (dBias != null) {
            columnSums.sum(dY, k, m, dBias);
        }
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
