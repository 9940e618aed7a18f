package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

/** A number of states [B, …] in one tensor [M, B, …]. */
record History(Tensor all, int[] shape) {
    static History allocate(Backend backend, int states, Tensor like) {
        int[] shape = like.shape();
        int[] whole = new int[shape.length + 1];
        whole[0] = states;
        System.arraycopy(shape, 0, whole, 1, shape.length);
        return new History(backend.allocate(whole), shape);
    }

    /** A single state as a history. */
    static Tensor of(Tensor state) {
        int[] shape = state.shape();
        int[] whole = new int[shape.length + 1];
        whole[0] = 1;
        System.arraycopy(shape, 0, whole, 1, shape.length);
        return state.reshape(whole);
    }

    Tensor get(int slot) {
        return all.view(slot * Tensor.sizeOf(shape), shape);
    }
}
