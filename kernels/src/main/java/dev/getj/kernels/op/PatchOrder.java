package dev.getj.kernels.op;

/** How the pixels of one patch are laid out in a token's features. */
public enum PatchOrder {
    /**
     * {@code (channel, row, column)}: what the patch embedding's convolution weight {@code [D, C,
     * p, p]} multiplies.
     */
    CHANNEL_FIRST,
    /** {@code (row, column, channel)}: what the decoder's final linear layer produces. */
    CHANNEL_LAST
}
