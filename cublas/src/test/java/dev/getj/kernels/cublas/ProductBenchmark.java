package dev.getj.kernels.cublas;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Products;
import dev.getj.kernels.Program;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How fast products are on a CUDA device, by the wall clock; docs/performance.md tells how to run
 * it.
 */
final class ProductBenchmark {
    private static final int TOGETHER = 20;
    private static final int RUNS = 7;

    /** Parts in which random numbers are drawn: a device has fewer rows of groups than x has. */
    private static final int SAMPLES = 64;

    // rows, outputs, inputs
    private static final int[][] SHAPES = {
        {65536, 9216, 768}, {65536, 768, 9216}, {65536, 2304, 768}
    };

    private ProductBenchmark() {}

    public static void main(String[] arguments) {
        measure(Products.LIBRARY, DType.F16, DType.F16);
        measure(Products.LIBRARY, DType.BF16, DType.BF16);
        measure(Products.LIBRARY, DType.F16, DType.F32);
        measure(Products.LIBRARY_TF32, DType.F32, DType.F32);
        measure(Products.JAVA, DType.F16, DType.F16);
    }

    private static void measure(Products products, DType factors, DType result) {
        for (int[] shape : SHAPES) {
            measure(products, factors, result, shape);
        }
    }

    private static void measure(Products products, DType factors, DType result, int[] shape) {
        try (Backend backend =
                Devices.open(
                        "cuda:0",
                        Optional.of(DeviceProfile.H200),
                        products,
                        CompilationListener.NONE)) {
            Tensor x = backend.allocate(factors, shape[0], shape[2]);
            Program drawn = draw(backend, x);
            Tensor weight = backend.allocate(factors, shape[1], shape[2]);
            Tensor y = backend.allocate(result, shape[0], shape[1]);
            Program program =
                    backend.record(
                            "products",
                            k -> {
                                for (int i = 0; i < TOGETHER; i++) {
                                    k.linear(x, weight, null, y);
                                }
                            });
            weight.set(values(weight.size()));
            drawn.run();
            program.run();
            double[] seconds = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                long start = System.nanoTime();
                program.run();
                seconds[i] = (System.nanoTime() - start) * 1e-9 / TOGETHER;
            }
            Arrays.sort(seconds);
            double flops = 2.0 * shape[0] * shape[1] * shape[2];
            System.out.println(
                    String.format(
                            Locale.ROOT,
                            "%s x %s x %s, %s to %s, %s: %.3f ms, %.0f TFLOP/s",
                            shape[0],
                            shape[1],
                            shape[2],
                            factors,
                            result,
                            products,
                            seconds[RUNS / 2] * 1e3,
                            flops / seconds[RUNS / 2] * 1e-12));
        }
    }

    // zeros would cost a device less than what is usual
    private static Program draw(Backend backend, Tensor x) {
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        if (x.dtype() == DType.F32) {
            return backend.record(
                    "draw", k -> k.normal(key, x.reshape(SAMPLES, x.size() / SAMPLES)));
        }
        Tensor random = backend.allocate(DType.F32, SAMPLES, x.size() / SAMPLES);
        return backend.record(
                "draw",
                k -> {
                    k.normal(key, random);
                    k.cast(random, x);
                });
    }

    private static float[] values(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i * 7919 % 1000 - 500) * 1e-3f;
        }
        return values;
    }
}
