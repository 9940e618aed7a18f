package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Tasks;

import java.util.Optional;

/**
 * The tensors of a product and its epilogue.
 *
 * @param bias in the array of {@code b}
 * @param extra a residual, an injection or a pre-activation
 * @param first element of {@code extra} that counts
 */
record Operands(
        Tensor a,
        Tensor b,
        Optional<Tensor> bias,
        Optional<Tensor> extra,
        int first,
        Optional<Tensor> condition,
        Tensor y) {

    /** With nothing to be added. */
    Operands(Tensor a, Tensor b, Tensor y) {
        this(a, b, Optional.empty(), Optional.empty(), 0, Optional.empty(), y);
    }

    /** Whether a pre-activation, or an injection, has 16 bits. */
    boolean extraIsHalf() {
        return extra.stream().anyMatch(it -> it.dtype().isHalf());
    }

    /** The same with no residual, injection or pre-activation. */
    Operands withoutExtra() {
        return new Operands(a, b, bias, Optional.empty(), 0, condition, y);
    }

    /** For a kernel that writes y. */
    Arguments whole(Tasks tasks, Product product) {
        Arguments arguments = tasks.arguments().tensor(MatMul.A, a).tensor(MatMul.B, b);
        extra(arguments.alongside(MatMul.BIAS, bias, MatMul.B), MatMul.EXTRA)
                .tensor(MatMul.CONDITION, condition)
                .tensor(MatMul.Y, y);
        requireKept(arguments, MatMul.Y, product);
        return arguments;
    }

    /** For {@link MatMulMixed}. */
    Arguments mixed(Tasks tasks, Product product) {
        Arguments arguments =
                tasks.arguments().halves(MatMul.A, a).halves(MatMul.B, b).tensor(MatMul.BIAS, bias);
        added(arguments, MatMul.EXTRA, product).tensor(MatMul.CONDITION, condition);
        return result(arguments, MatMul.Y, product);
    }

    /** For {@link MatMulMixed}, where it writes parts of the sums. */
    Arguments mixedParts(Tasks tasks, Product product) {
        return tasks.arguments()
                .halves(MatMul.A, a)
                .halves(MatMul.B, b)
                .absent(MatMul.BIAS)
                .absent(MatMul.EXTRA)
                .absent(MatMul.CONDITION)
                .scratch(MatMul.Y, product.partial())
                .absentWords(MatMul.HALVES)
                .absentWords(MatMul.KEPT);
    }

    /** For {@link MatMulMixedJoin}. */
    Arguments mixedJoin(Tasks tasks, Product product) {
        Arguments arguments =
                tasks.arguments().scratch(product.partial()).tensor(MatMulMixedJoin.BIAS, bias);
        added(arguments, MatMulMixedJoin.EXTRA, product)
                .tensor(MatMulMixedJoin.CONDITION, condition);
        return result(arguments, MatMulMixedJoin.Y, product);
    }

    /** What a mixed product adds in float. */
    private Arguments added(Arguments arguments, int name, Product product) {
        boolean half = (product.flags() & Epilogue.HALF_EXTRA) != 0;
        return half ? arguments.absent(name) : extra(arguments, name);
    }

    /** What a mixed product writes, and a pre-activation of 16 bits. */
    private Arguments result(Arguments arguments, int nameOfY, Product product) {
        boolean keep = (product.flags() & Epilogue.KEEP) != 0;
        boolean half = (product.flags() & Epilogue.HALF_EXTRA) != 0;
        int halves = nameOfY + 1;
        if (y.dtype().isHalf()) {
            arguments.tensor(nameOfY, keep && !half ? extra : Optional.empty()).halves(halves, y);
        } else {
            arguments.tensor(nameOfY, y).absentWords(halves);
            requireKept(arguments, nameOfY, product);
        }
        if (!half) {
            return arguments.absentWords(halves + 1);
        }
        arguments.halves(halves + 1, extra.orElseThrow(), first);
        if (keep) {
            arguments.requireSameArray(halves + 1, halves);
        }
        return arguments;
    }

    /** For a kernel that writes parts of the sums, and leaves what is added to others. */
    Arguments parts(Tasks tasks, Product product) {
        return tasks.arguments()
                .tensor(MatMul.A, a)
                .tensor(MatMul.B, b)
                .alongside(MatMul.BIAS, Optional.empty(), MatMul.B)
                .absent(MatMul.EXTRA)
                .absent(MatMul.CONDITION)
                .scratch(MatMul.Y, product.partial());
    }

    Arguments extra(Arguments arguments, int name) {
        return extra.map(it -> arguments.tensor(name, it, first))
                .orElseGet(() -> arguments.absent(name));
    }

    /** Where a kernel writes the pre-activation too, it must lie with y. */
    void requireKept(Arguments arguments, int nameOfY, Product product) {
        if ((product.flags() & Epilogue.KEEP) != 0) {
            arguments.requireAlongside(extra.orElseThrow(), nameOfY);
        }
    }
}
