package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.reduction.ColumnSums;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Tasks;

import java.util.Optional;

/**
 * Matrix products, forward and backward, and what is added to them.
 *
 * @param tiling which kernel computes a product
 * @param library computes products in place of our kernels, where it takes them
 */
public record MatMulTasks(Tiling tiling, Optional<LibraryProducts> library) {
    /** By our own kernels. */
    public MatMulTasks(Tiling tiling) {
        this(tiling, Optional.empty());
    }

    /** Adds the tasks of an operation. */
    public void record(Tasks tasks, MatMulOp operation) {
        switch (operation) {
            case MatMulOp.Linear op ->
                    forward(
                            tasks,
                            new Operands(
                                    op.x(),
                                    op.weight(),
                                    op.bias(),
                                    Optional.empty(),
                                    0,
                                    Optional.empty(),
                                    op.y()),
                            0,
                            1,
                            1);
            case MatMulOp.LinearGelu op -> {
                int flags = Epilogue.GELU + (op.preActivation().isPresent() ? Epilogue.KEEP : 0);
                forward(
                        tasks,
                        new Operands(
                                op.x(),
                                op.weight(),
                                op.bias(),
                                op.preActivation(),
                                0,
                                Optional.empty(),
                                op.y()),
                        flags,
                        1,
                        1);
            }
            case MatMulOp.LinearResidual op ->
                    forward(
                            tasks,
                            new Operands(
                                    op.x(),
                                    op.weight(),
                                    op.bias(),
                                    Optional.of(op.residual()),
                                    0,
                                    Optional.empty(),
                                    op.y()),
                            Epilogue.RESIDUAL,
                            op.residual().rows(),
                            1);
            case MatMulOp.LinearInjected op -> {
                int flags =
                        (op.injection().isPresent() ? Epilogue.INJECTION : 0)
                                + (op.condition().isPresent() ? Epilogue.CONDITION : 0);
                int period = op.condition().map(it -> op.y().rows() / it.rows()).orElse(1);
                int width = op.injection().map(it -> it.dim(-1)).orElse(1);
                forward(
                        tasks,
                        new Operands(
                                op.x(),
                                op.weight(),
                                op.bias(),
                                op.injection(),
                                op.column(),
                                op.condition(),
                                op.y()),
                        flags,
                        period,
                        width);
            }
            case MatMulOp.LinearBackwardInput op ->
                    backwardInput(tasks, new Operands(op.dY(), op.weight(), op.dX()), 0);
            case MatMulOp.LinearGeluBackwardInput op ->
                    backwardInput(
                            tasks,
                            new Operands(
                                    op.dY(),
                                    op.weight(),
                                    Optional.empty(),
                                    Optional.of(op.preActivation()),
                                    0,
                                    Optional.empty(),
                                    op.dPreActivation()),
                            Epilogue.GELU_DERIVATIVE);
            case MatMulOp.LinearBackwardWeight op -> {
                backwardWeight(tasks, op);
                op.dBias().ifPresent(it -> ColumnSums.sum(tasks, op.dY(), it));
            }
            case MatMulOp.InjectionBackward op -> InjectionBackward.record(tasks, op);
        }
    }

    private void forward(Tasks tasks, Operands operands, int epilogue, int period, int width) {
        Tensor weight = operands.b();
        int m = operands.y().rows();
        int n = weight.dim(0);
        int k = weight.dim(1);
        int flags = epilogue + (operands.bias().isPresent() ? Epilogue.BIAS : 0);
        Product whole = new Product(MatMul.FORWARD, m, n, k, k, flags, period, width);
        if (byLibrary(tasks, operands, whole)) {
            return;
        }
        if (operands.a().dtype().isHalf()) {
            MixedTasks.record(tasks, tiling, operands, whole);
            return;
        }
        boolean split = tiling.split(m, n, k);
        Product product = split ? whole.cut(tiling.splitDepth(m, n, k)) : whole;
        if (product.parts() > 1) {
            MatMulSplitK.record(tasks, operands.parts(tasks, product), product.bare());
            MatMul.join(tasks, product, operands);
        } else if (split) {
            MatMulSplitK.record(tasks, operands.whole(tasks, product), product);
        } else if (tiling.sliced(m, n, k)) {
            MatMulSliced.record(tasks, operands.whole(tasks, product), product);
        } else {
            tiled(tasks, operands.whole(tasks, product), product, tiling.large(m, n));
        }
    }

    private void backwardInput(Tasks tasks, Operands operands, int flags) {
        int k = operands.b().dim(0);
        int m = operands.y().rows();
        int n = operands.b().dim(1);
        Product product = new Product(MatMul.BACKWARD_INPUT, m, n, k, k, flags, 1, 1);
        if (byLibrary(tasks, operands, product)) {
            return;
        }
        if (operands.a().dtype().isHalf()) {
            MixedTasks.record(tasks, tiling, operands, product);
            return;
        }
        tiled(tasks, operands.whole(tasks, product), product, tiling.large(m, n));
    }

    private void backwardWeight(Tasks tasks, MatMulOp.LinearBackwardWeight op) {
        int m = op.dWeight().dim(0);
        int n = op.dWeight().dim(1);
        int k = op.x().rows();
        Product whole = new Product(MatMul.BACKWARD_WEIGHT, m, n, k, k, Epilogue.ACCUMULATE, 1, 1);
        Operands operands = new Operands(op.dY(), op.x(), op.dWeight());
        if (byLibrary(tasks, operands, whole)) {
            return;
        }
        if (op.mixed()) {
            MixedTasks.record(tasks, tiling, operands, whole);
            return;
        }
        boolean large = tiling.largeWeight(m, n);
        Product product = whole.cut(tiling.partDepth(m, n, k));
        if (product.parts() == 1) {
            tiled(tasks, operands.whole(tasks, product), product, large);
        } else {
            tiled(tasks, operands.parts(tasks, product), product.bare(), large);
            MatMul.join(tasks, product, operands);
        }
    }

    private boolean byLibrary(Tasks tasks, Operands operands, Product product) {
        return library.stream()
                .filter(it -> !(isFew(product) && it.needsKernel(tasks, operands, product)))
                .anyMatch(it -> it.record(tasks, operands, product));
    }

    // so short that a kernel behind the library takes longer than our own takes for all of it
    private boolean isFew(Product p) {
        return p.layout() == MatMul.FORWARD && tiling.mixedFew(p.m(), p.n(), p.k());
    }

    private static void tiled(Tasks tasks, Arguments arguments, Product product, boolean large) {
        if (large) {
            MatMulLarge.record(tasks, arguments, product);
        } else {
            MatMulSmall.record(tasks, arguments, product);
        }
    }
}
