package dev.getj.data;

import dev.getj.io.StridedTensor;

import java.util.Optional;

/**
 * How an array holds square images: [n, S, S, C], [n, C, S, S] or [n, S, S].
 *
 * @param channels 1 or 3
 */
record ArrayForm(int size, int channels, boolean channelsLast) {
    private static final int LARGEST = 4096;

    /** The form of an array of that many images, if it is one. */
    static Optional<ArrayForm> of(StridedTensor array) {
        long[] shape = array.shape();
        if (shape.length < 3 || shape[0] < 1 || shape[2] < 1 || shape[2] > LARGEST) {
            return Optional.empty();
        }
        boolean square = shape[1] == shape[2];
        if (shape.length == 3) {
            return square ? Optional.of(new ArrayForm((int) shape[1], 1, false)) : Optional.empty();
        }
        if (shape.length > 4) {
            return Optional.empty();
        }
        if (square && (shape[3] == 1 || shape[3] == 3)) {
            return Optional.of(new ArrayForm((int) shape[1], (int) shape[3], true));
        }
        boolean first = (shape[1] == 1 || shape[1] == 3) && shape[2] == shape[3];
        return first
                ? Optional.of(new ArrayForm((int) shape[2], (int) shape[1], false))
                : Optional.empty();
    }
}
