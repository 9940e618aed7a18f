package dev.getj.kernels.jvm;

/**
 * A matrix in an array: working memory, which all matrices of a task share, or a tensor.
 *
 * @param at where element (0, 0) is
 * @param row from one row to the next, as {@code column}
 */
record Matrix(float[] values, int at, int row, int column) {
    /** Where a row begins. */
    int row(int r) {
        return at + r * row;
    }

    /** The same memory with rows for columns. */
    Matrix transposed() {
        return new Matrix(values, at, column, row);
    }

    /** Hands out an array, one matrix after the other. */
    static final class Room {
        private final float[] values;
        private int next = CacheLine.FIRST;

        /**
         * @param values may be null, where only {@link #end} is asked for
         */
        Room(float[] values) {
            this.values = values;
        }

        /** A matrix with its rows one after the other. */
        Matrix matrix(int rows, int columns) {
            Matrix matrix = new Matrix(values, next, columns, 1);
            next = Math.addExact(next, Math.multiplyExact(rows, columns));
            return matrix;
        }

        /** Behind the last matrix. */
        int end() {
            return next;
        }
    }
}
