package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

/** A program that fills a state with standard normal variates of a seed. */
record RandomState(IntTensor key, Program draw) {
    // apart from the streams that draw noise, states and weights of a model
    private static final int STREAM = 0x50BE;

    static RandomState of(Backend backend, Tensor state) {
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        return new RandomState(key, backend.record("random", k -> k.normal(key, state)));
    }

    void draw(long seed) {
        draw(seed, 0);
    }

    /** As above, where the state's samples are those from number {@code first} on. */
    void draw(long seed, long first) {
        key.set((int) seed, (int) (seed >>> 32), STREAM, (int) first, (int) (first >>> 32));
        draw.run();
    }
}
