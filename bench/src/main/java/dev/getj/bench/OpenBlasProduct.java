package dev.getj.bench;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * A product by OpenBLAS's sgemm, nothing else: it knows no bias, which is left out of the time and
 * added to the result; a weight gradient is added to what is there, as getj does.
 */
final class OpenBlasProduct implements Contender {
    private final Operands operands;
    private final FloatPointer left;
    private final FloatPointer right;
    private final FloatPointer result;
    private final Call call;

    /** Arguments of {@code C [m, n] = A · B + beta · C}. */
    private record Call(
            int transposeA,
            int transposeB,
            int m,
            int n,
            int k,
            int strideA,
            int strideB,
            int beta) {}

    OpenBlasProduct(Operands operands, int threads) {
        this.operands = operands;
        openblas_nolapack.blas_set_num_threads(threads);
        Product product = operands.product();
        int rows = product.rows();
        int inputs = product.inputs();
        int outputs = product.outputs();
        switch (product.kind()) {
            case FORWARD -> {
                left = new FloatPointer(operands.x());
                right = new FloatPointer(operands.weight());
                call = new Call(CblasNoTrans, CblasTrans, rows, outputs, inputs, inputs, inputs, 0);
            }
            case INPUT_GRADIENT -> {
                left = new FloatPointer(operands.dY());
                right = new FloatPointer(operands.weight());
                call =
                        new Call(
                                CblasNoTrans,
                                CblasNoTrans,
                                rows,
                                inputs,
                                outputs,
                                outputs,
                                inputs,
                                0);
            }
            case WEIGHT_GRADIENT -> {
                left = new FloatPointer(operands.dY());
                right = new FloatPointer(operands.x());
                call =
                        new Call(
                                CblasTrans,
                                CblasNoTrans,
                                outputs,
                                inputs,
                                rows,
                                outputs,
                                inputs,
                                1);
            }
            default -> throw new AssertionError(product.kind());
        }
        result = new FloatPointer((long) call.m * call.n);
        clear();
    }

    private void clear() {
        result.put(new float[call.m * call.n]);
    }

    @Override
    public String name() {
        return "OpenBLAS";
    }

    @Override
    public void run() {
        cblas_sgemm(
                CblasRowMajor,
                call.transposeA,
                call.transposeB,
                call.m,
                call.n,
                call.k,
                1,
                left,
                call.strideA,
                right,
                call.strideB,
                call.beta,
                result,
                call.n);
    }

    @Override
    public float[] result() {
        if (call.beta != 0) {
            clear();
            run();
        }
        float[] values = new float[call.m * call.n];
        result.get(values);
        if (operands.product().kind() == Product.Kind.FORWARD) {
            for (int i = 0; i < values.length; i++) {
                values[i] += operands.bias()[i % call.n];
            }
        }
        return values;
    }

    @Override
    public void close() {
        left.close();
        right.close();
        result.close();
    }
}
