package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.library.LibraryProduct;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Tasks;

import java.util.Optional;

/**
 * Products that a library of the device's maker computes, with what {@link Epilogue} asks for. The
 * library adds a bias and another matrix where the result is float, and an injection of 16 bits
 * where the result has 16 bits; all else is left to a kernel behind it, in the same memory: {@link
 * MatMul#finish} or {@link MatMulRound}.
 *
 * @param tf32 whether float factors may be rounded to 11 significant bits
 * @param longProduct operations from which on a product takes the device longer than its start
 * @param workspaceBytes what the library may use; a multiple of 4
 */
public record LibraryProducts(boolean tf32, double longProduct, int workspaceBytes) {
    /** What cuBLASLt recommends for Hopper. */
    private static final int WORKSPACE = 32 << 20;

    /** The library's fast kernels read matrices in pieces of so many bytes. */
    private static final int PIECE = 16;

    /** Numbers of a row below which our kernels multiply floats as fast. */
    private static final int NARROW = 16;

    /** With as large a workspace as the library's fastest kernels want. */
    public LibraryProducts(boolean tf32, DeviceProfile profile) {
        this(tf32, profile.longProduct(), WORKSPACE);
    }

    /**
     * Adds the tasks of a product, or none.
     *
     * @return false if the library does not take it: rows or tensors do not begin where its fast
     *     kernels read, or a pre-activation of 16 bits belongs to a result of floats
     */
    boolean record(Tasks tasks, Operands operands, Product p) {
        if (!takes(tasks, operands, p)) {
            return false;
        }
        if (!operands.y().dtype().isHalf()) {
            floats(tasks, operands, p);
        } else if (addsInjection(tasks, operands, p)) {
            LibraryTask sums =
                    new LibraryTask(
                            operands.a(),
                            operands.b(),
                            Optional.empty(),
                            operands.extra(),
                            operands.y());
            sums.record(tasks, product(sums, p), longProduct, workspaceBytes);
            round(tasks, operands.withoutExtra(), p.without(Epilogue.INJECTION));
        } else if (!has(p, Epilogue.KEEP)) {
            unbiased(tasks, operands, p, operands.y());
            round(tasks, operands, operands.extraIsHalf() ? p.with(Epilogue.HALF_EXTRA) : p);
        } else if (operands.extraIsHalf()) {
            unbiased(tasks, operands, p, operands.extra().orElseThrow());
            Product rounded = p.with(Epilogue.HALF_EXTRA);
            MatMulRound.record(tasks, operands, rounded, MatMulRound.IN_KEPT);
        } else {
            // the pre-activation is float, and what is rounded is computed from it
            LibraryTask sums = sums(operands, operands.extra().orElseThrow());
            sums.record(tasks, product(sums, p), longProduct, workspaceBytes);
            int done = Epilogue.KEEP + (has(p, Epilogue.BIAS) ? Epilogue.BIAS : 0);
            MatMulRound.record(tasks, operands, p.without(done), MatMulRound.IN_FLOATS);
        }
        return true;
    }

    /** True if the library would leave something of a rounded result to a kernel behind it. */
    boolean needsKernel(Tasks tasks, Operands operands, Product p) {
        int done = addsInjection(tasks, operands, p) ? Epilogue.INJECTION : 0;
        return operands.y().dtype().isHalf() && p.flags() != done;
    }

    // what the library has left
    private static void round(Tasks tasks, Operands operands, Product rest) {
        if (rest.flags() != 0) {
            MatMulRound.record(tasks, operands, rest, MatMulRound.IN_RESULT);
        }
    }

    // all columns of an injection that is of the type of y
    private static boolean addsInjection(Tasks tasks, Operands operands, Product p) {
        return has(p, Epilogue.INJECTION)
                && operands.extraIsHalf()
                && p.width() == p.n()
                && inPieces(tasks.arguments(), operands.extra().orElseThrow(), p.n());
    }

    // sums in 16 bits, to which a kernel adds the rest
    private void unbiased(Tasks tasks, Operands operands, Product p, Tensor y) {
        LibraryTask sums =
                new LibraryTask(operands.a(), operands.b(), Optional.empty(), Optional.empty(), y);
        sums.record(tasks, product(sums, p), longProduct, workspaceBytes);
    }

    private static LibraryTask sums(Operands operands, Tensor y) {
        return new LibraryTask(operands.a(), operands.b(), operands.bias(), Optional.empty(), y);
    }

    private void floats(Tasks tasks, Operands operands, Product p) {
        boolean residual = has(p, Epilogue.RESIDUAL) && p.period() == p.m();
        boolean accumulates = has(p, Epilogue.ACCUMULATE);
        Optional<Tensor> added =
                residual ? operands.extra() : Optional.of(operands.y()).filter(_ -> accumulates);
        LibraryTask sums =
                new LibraryTask(operands.a(), operands.b(), operands.bias(), added, operands.y());
        sums.record(tasks, product(sums, p), longProduct, workspaceBytes);
        int done =
                (has(p, Epilogue.BIAS) ? Epilogue.BIAS : 0)
                        + (residual ? Epilogue.RESIDUAL : 0)
                        + (accumulates ? Epilogue.ACCUMULATE : 0);
        if (p.flags() != done) {
            MatMul.finish(tasks, p.without(done), operands);
        }
    }

    private LibraryProduct product(LibraryTask task, Product p) {
        DType factors = task.a().dtype();
        return new LibraryProduct(
                switch (p.layout()) {
                    case MatMul.FORWARD -> LibraryProduct.Layout.FORWARD;
                    case MatMul.BACKWARD_INPUT -> LibraryProduct.Layout.BACKWARD_INPUT;
                    default -> LibraryProduct.Layout.BACKWARD_WEIGHT;
                },
                p.m(),
                p.n(),
                p.k(),
                factors,
                tf32 && !factors.isHalf(),
                task.y().dtype(),
                task.bias().isPresent(),
                task.added().isPresent());
    }

    private static boolean has(Product p, int flag) {
        return (p.flags() & flag) != 0;
    }

    // floats of few inputs or outputs, as where a patch is embedded
    private boolean isNarrow(Operands operands, Product p) {
        boolean exact = !operands.a().dtype().isHalf() && !tf32;
        return exact && Math.min(p.n(), p.k()) < NARROW;
    }

    private boolean takes(Tasks tasks, Operands operands, Product p) {
        if (isNarrow(operands, p)) {
            return false;
        }
        Arguments places = tasks.arguments();
        boolean along = p.layout() == MatMul.FORWARD;
        int rowOfA = p.layout() == MatMul.BACKWARD_WEIGHT ? p.m() : p.k();
        int rowOfB = along ? p.k() : p.n();
        boolean residual = has(p, Epilogue.RESIDUAL);
        return inPieces(places, operands.a(), rowOfA)
                && inPieces(places, operands.b(), rowOfB)
                && inPieces(places, operands.y(), p.n())
                && operands.bias().stream().allMatch(it -> inPieces(places, it, p.n()))
                && (operands.y().dtype().isHalf() || !operands.extraIsHalf())
                && (!residual
                        || operands.extra().stream().allMatch(it -> inPieces(places, it, p.n())))
                && (!has(p, Epilogue.KEEP)
                        || operands.extra().stream().allMatch(it -> inPieces(places, it, p.n())));
    }

    private static boolean inPieces(Arguments places, Tensor tensor, int row) {
        int bytes = tensor.dtype().bytes();
        return row * bytes % PIECE == 0 && places.byteOffset(tensor) % PIECE == 0;
    }
}
