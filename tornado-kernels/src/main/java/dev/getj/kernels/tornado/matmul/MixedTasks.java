package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

/** How products with factors of 16 bits are cut, and what adds their parts. */
final class MixedTasks {
    private MixedTasks() {}

    /**
     * Adds the tasks of a product.
     *
     * @param whole uncut, without the flags that say what has 16 bits
     */
    static void record(Tasks tasks, Tiling tiling, Operands operands, Product whole) {
        int format = Halves.format(operands.a().dtype());
        Product full = whole.with(halves(operands));
        boolean forward = whole.layout() == MatMul.FORWARD;
        boolean floats = full.flags() == whole.flags();
        if (forward && floats && tiling.mixedSliced(whole.m(), whole.n(), whole.k())) {
            MatMulMixedSliced.record(tasks, operands.mixed(tasks, full), full, format);
            return;
        }
        if (forward && tiling.mixedFew(whole.m(), whole.n(), whole.k())) {
            MatMulMixedFew.record(tasks, operands.mixed(tasks, full), full, format);
            return;
        }
        Product product = full.cut(depth(tiling, whole));
        if (product.parts() == 1) {
            MatMulMixed.record(tasks, operands.mixed(tasks, product), product, format);
            return;
        }
        MatMulMixed.record(tasks, operands.mixedParts(tasks, product), product.bare(), format);
        if ((product.flags() & (Epilogue.HALF | Epilogue.HALF_EXTRA)) == 0) {
            MatMul.join(tasks, product, operands);
        } else {
            MatMulMixedJoin.record(tasks, operands.mixedJoin(tasks, product), product, format);
        }
    }

    private static int depth(Tiling tiling, Product p) {
        return p.layout() == MatMul.BACKWARD_WEIGHT
                ? tiling.mixedWeightDepth(p.m(), p.n(), p.k())
                : tiling.mixedDepth(p.m(), p.n(), p.k());
    }

    private static int halves(Operands operands) {
        return (operands.y().dtype().isHalf() ? Epilogue.HALF : 0)
                + (operands.extraIsHalf() ? Epilogue.HALF_EXTRA : 0);
    }
}
