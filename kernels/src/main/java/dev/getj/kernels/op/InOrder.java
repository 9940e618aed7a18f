package dev.getj.kernels.op;

import java.util.Random;

/** The given values, one after the other, from the first again. */
final class InOrder implements Example.Values {
    private final double[] values;
    private int next;

    InOrder(double... values) {
        this.values = values;
    }

    @Override
    public double next(Random random) {
        return values[next++ % values.length];
    }
}
