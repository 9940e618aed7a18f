package dev.getj.train.distributed;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.util.SortedMap;
import java.util.function.Supplier;

/** One process: there is nothing to agree on. */
record Alone() implements Ranks {
    @Override
    public int number() {
        return 0;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public String fromFirst(Supplier<String> text) {
        return text.get();
    }

    @Override
    public void requireSame(SortedMap<String, String> facts) {
        // there is no other
    }

    @Override
    public void requireAll() {
        // it is here
    }

    @Override
    public double sum(double here) {
        return here;
    }

    @Override
    public float[] gather(float[] here) {
        return here;
    }

    @Override
    public void copyFromFirst(Tensor tensor) {
        // it has them
    }

    @Override
    public boolean any(boolean here) {
        return here;
    }

    @Override
    public double[] mean(int batch, double... here) {
        return here;
    }

    @Override
    public Averaging averaging(Backend backend, Tensor gradients) {
        return _ -> {}; // its part is the whole
    }

    @Override
    public String report() {
        return "";
    }

    @Override
    public <T> T during(Supplier<T> work) {
        return work.get();
    }
}
