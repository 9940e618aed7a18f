package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

/**
 * The heads of a tensor [B, N, parts, H, d], and their ways to and from working memory.
 *
 * @param offset of the tensor in its array
 * @param samples B
 * @param parts 3 for q, k and v, 1 for outputs
 */
record Heads(float[] values, int offset, int samples, int tokens, int parts, int heads, int depth) {
    static Heads of(Tensor tensor, int parts, int heads) {
        return new Heads(
                JvmBuffer.of(tensor).values,
                tensor.offset(),
                tensor.dim(0),
                tensor.dim(1),
                parts,
                heads,
                tensor.dim(2) / parts / heads);
    }

    /** Heads of all samples. */
    int count() {
        return samples * heads;
    }

    // first element of a head, 0…B·H−1
    private int at(int part, int head, int token) {
        int row = head / heads * tokens + token;
        return offset + ((row * parts + part) * heads + head % heads) * depth;
    }

    /** A part of every head, [N, d] where it lies in the tensor. */
    Matrix[] matrices(int part) {
        Matrix[] matrices = new Matrix[count()];
        for (int head = 0; head < matrices.length; head++) {
            matrices[head] = new Matrix(values, at(part, head, 0), parts * heads * depth, 1);
        }
        return matrices;
    }

    /** Copies {@code count} tokens to rows; columns beyond d keep what they hold. */
    void gather(int part, int head, int first, int count, Matrix rows) {
        for (int i = 0; i < count; i++) {
            int from = at(part, head, first + i);
            System.arraycopy(values, from, rows.values(), rows.row(i), depth);
        }
    }

    /** Copies rows to {@code count} tokens. */
    void scatter(Matrix rows, int part, int head, int first, int count) {
        for (int i = 0; i < count; i++) {
            int to = at(part, head, first + i);
            System.arraycopy(rows.values(), rows.row(i), values, to, depth);
        }
    }
}
