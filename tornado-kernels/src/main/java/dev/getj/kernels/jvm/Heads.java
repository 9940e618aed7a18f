package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

import java.util.Arrays;

/**
 * The heads of a tensor [B, N, parts, H, d], and the ways they travel to and from working memory:
 * as rows, or as panels of {@link PanelGemm}.
 *
 * @param offset of the tensor in its array
 * @param samples B
 * @param parts 3 for q, k and v, 1 for outputs
 */
record Heads(float[] values, int offset, int samples, int tokens, int parts, int heads, int depth) {
    private static final int WIDTH = PanelGemm.WIDTH;

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

    // from one token to the next
    private int step() {
        return parts * heads * depth;
    }

    /** Copies all tokens to rows {@code stride} apart. */
    void gather(int part, int head, float[] working, int to, int stride) {
        int from = at(part, head, 0);
        for (int token = 0; token < tokens; token++) {
            System.arraycopy(values, from + token * step(), working, to + token * stride, depth);
        }
    }

    /**
     * Copies {@code count} tokens to a panel [d], one token a column, times {@code scale}; the
     * other columns are 0.
     */
    void load(int part, int head, int first, int count, float scale, float[] working, int panel) {
        for (int column = 0; column < WIDTH; column++) {
            int from = at(part, head, first + Math.min(column, count - 1));
            float factor = column < count ? scale : 0;
            for (int i = 0; i < depth; i++) {
                working[panel + i * WIDTH + column] = factor * values[from + i];
            }
        }
    }

    /** Copies a panel [d], one token a column, to {@code count} tokens. */
    void store(float[] working, int panel, int part, int head, int first, int count) {
        for (int column = 0; column < count; column++) {
            int to = at(part, head, first + column);
            for (int i = 0; i < depth; i++) {
                values[to + i] = working[panel + i * WIDTH + column];
            }
        }
    }

    /**
     * Copies {@code count} tokens to panels [d/WIDTH, WIDTH], one token a row; columns beyond d are
     * 0.
     */
    void loadRows(int part, int head, int first, int count, float[] working, int panels) {
        for (int start = 0; start < depth; start += WIDTH) {
            int columns = Math.min(WIDTH, depth - start);
            for (int row = 0; row < count; row++) {
                int to = panels + start * WIDTH + row * WIDTH;
                System.arraycopy(values, at(part, head, first + row) + start, working, to, columns);
                Arrays.fill(working, to + columns, to + WIDTH, 0);
            }
        }
    }

    /** Copies panels [d/WIDTH, N], one token a row, to all tokens. */
    void scatter(float[] working, int panels, int part, int head) {
        for (int start = 0; start < depth; start += WIDTH) {
            int columns = Math.min(WIDTH, depth - start);
            for (int token = 0; token < tokens; token++) {
                int from = panels + start * tokens + token * WIDTH;
                System.arraycopy(working, from, values, at(part, head, token) + start, columns);
            }
        }
    }
}
