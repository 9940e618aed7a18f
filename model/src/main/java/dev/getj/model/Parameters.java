package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.List;

/**
 * One flat tensor for all parameters in one role (weights, gradients, a moment, EMA) and the views
 * into it by name.
 */
public final class Parameters {
    private final ParameterTable table;
    private final Tensor flat;

    /** A new set, all zero. */
    public Parameters(Backend backend, ParameterTable table) {
        this(backend, table, backend.dtype());
    }

    /** A new set of this type, all zero. */
    Parameters(Backend backend, ParameterTable table, DType type) {
        this(table, backend.allocate(type, table.size()));
    }

    private Parameters(ParameterTable table, Tensor flat) {
        this.table = table;
        this.flat = flat;
    }

    /** {@code roles} new sets, all zero, that lie together: those that one launch modifies. */
    public static List<Parameters> together(Backend backend, ParameterTable table, int roles) {
        int[][] shapes = new int[roles][];
        Arrays.fill(shapes, new int[] {table.size()});
        return backend.allocateTogether(shapes).stream()
                .map(flat -> new Parameters(table, flat))
                .toList();
    }

    /** Names and shapes. */
    public ParameterTable table() {
        return table;
    }

    /** All parameters, [size]. */
    public Tensor flat() {
        return flat;
    }

    /** The trained parameters, [trainedSize]. */
    public Tensor trained() {
        return flat.view(0, table.trainedSize());
    }

    /**
     * The view of one parameter.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public Tensor tensor(String name) {
        ParameterTable.Entry entry = table.entry(name);
        return flat.view(entry.offset(), entry.dimensions());
    }

    /**
     * The view of a weight as the matrix {@code [first dimension, rest]} that a linear layer
     * multiplies with.
     */
    Tensor matrix(String name) {
        Tensor tensor = tensor(name);
        return tensor.reshape(tensor.dim(0), tensor.size() / tensor.dim(0));
    }
}
