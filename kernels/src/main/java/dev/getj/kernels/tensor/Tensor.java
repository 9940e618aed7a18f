package dev.getj.kernels.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * A dense row-major view of numbers in a {@link Buffer}: an offset and a shape. Tensors made by one
 * backend may be read and written by operations of that backend alone.
 */
public final class Tensor {
    private final Buffer buffer;
    private final int offset;
    private final int[] shape;
    private final int size;

    /**
     * @param offset first element of this view in {@code buffer}
     * @param shape lengths of the dimensions, each at least 1
     * @throws IllegalArgumentException if the view does not fit the buffer
     */
    public Tensor(Buffer buffer, int offset, int... shape) {
        this.buffer = Objects.requireNonNull(buffer, "buffer");
        this.offset = offset;
        this.shape = shape.clone();
        this.size = sizeOf(shape);
        if (offset < 0 || (long) offset + size > buffer.size()) {
            throw new IllegalArgumentException(
                    "a view of shape %s at offset %s does not fit a buffer of %s elements"
                            .formatted(Arrays.toString(shape), offset, buffer.size()));
        }
    }

    /**
     * Number of elements of a shape.
     *
     * @throws IllegalArgumentException if a dimension is below 1 or the product exceeds what one
     *     array can hold
     */
    public static int sizeOf(int... shape) {
        long product = 1;
        for (int dimension : shape) {
            if (dimension < 1) {
                throw new IllegalArgumentException(
                        "every dimension must be at least 1: " + Arrays.toString(shape));
            }
            product *= dimension;
            if (product > Integer.MAX_VALUE - 16) {
                throw new IllegalArgumentException(
                        "a tensor holds at most 2^31 - 17 floats, shape "
                                + Arrays.toString(shape)
                                + " is larger");
            }
        }
        return (int) product;
    }

    /** The storage that it is a view of. */
    public Buffer buffer() {
        return buffer;
    }

    /** Type of the elements. */
    public DType dtype() {
        return buffer.dtype();
    }

    /** Position of the first element in the buffer. */
    public int offset() {
        return offset;
    }

    /** Number of elements. */
    public int size() {
        return size;
    }

    /** Number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** Length of dimension {@code i}; a negative {@code i} counts from the last. */
    public int dim(int i) {
        return shape[i < 0 ? shape.length + i : i];
    }

    /** Lengths of the dimensions, a copy. */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * All elements as {@code [size / columns, columns]} where {@code columns} is the last
     * dimension: the rows.
     */
    public int rows() {
        return size / dim(-1);
    }

    /** The same elements under another shape of equal size. */
    public Tensor reshape(int... newShape) {
        if (sizeOf(newShape) != size) {
            throw new IllegalArgumentException(
                    "cannot see "
                            + this
                            + " as "
                            + Arrays.toString(newShape)
                            + ": the sizes differ");
        }
        return new Tensor(buffer, offset, newShape);
    }

    /** A view of {@code newShape} that starts {@code first} elements into this tensor. */
    public Tensor view(int first, int... newShape) {
        if (first < 0 || (long) first + sizeOf(newShape) > size) {
            throw new IllegalArgumentException(
                    "a view of shape "
                            + Arrays.toString(newShape)
                            + " at "
                            + first
                            + " does not fit "
                            + this);
        }
        return new Tensor(buffer, offset + first, newShape);
    }

    /** Copies {@code values} in; their number must equal {@link #size()}. */
    public Tensor set(float... values) {
        if (values.length != size) {
            throw new IllegalArgumentException(
                    this + " takes " + size + " values, not " + values.length);
        }
        buffer.write(offset, values, 0, size);
        return this;
    }

    /** Copies all elements out, row-major. */
    public float[] get() {
        float[] values = new float[size];
        get(values);
        return values;
    }

    /** Copies all elements to the start of {@code target}. */
    public void get(float[] target) {
        buffer.read(offset, target, 0, size);
    }

    /** True if both views share at least one element. */
    public boolean overlaps(Tensor other) {
        return buffer == other.buffer
                && offset < other.offset + other.size
                && other.offset < offset + size;
    }

    @Override
    public String toString() {
        return "tensor" + Arrays.toString(shape);
    }
}
