package dev.getj.onnx.runtime;

import dev.getj.io.GetjException;

/**
 * Images as a feature network wants them. Statistics are made of saved pictures, so an image is
 * first brought to their 256 levels; it is then resized bilinearly with pixel centres at half
 * numbers and without smoothing (PyTorch's {@code interpolate(mode="bilinear",
 * align_corners=False)}, ONNX's {@code half_pixel}), and grey goes to all channels.
 *
 * @param fromChannels C of the images that come
 * @param fromSize S of the images that come
 * @param channels C of the network, that of the images or, of grey ones, any
 * @param size S of the network
 * @param low what level 0 becomes
 * @param high what level 255 becomes
 * @param whole whether the network takes levels as whole numbers
 */
record NetworkImages(
        int fromChannels,
        int fromSize,
        int channels,
        int size,
        double low,
        double high,
        boolean whole) {
    private static final int HIGHEST = 255;

    /** Floats of one image of the network. */
    int elements() {
        return channels * size * size;
    }

    /**
     * Prepares one image.
     *
     * @param images nominally in [−1, 1]
     * @param from where the image [C, S, S] begins
     * @param target receives the network's [C, S, S] from {@code at} on
     * @throws GetjException if a pixel is not a number
     */
    void prepare(float[] images, int from, float[] target, int at) {
        int area = size * size;
        for (int channel = 0; channel < fromChannels; channel++) {
            float[] levels = levels(images, from + channel * fromSize * fromSize);
            resize(levels, target, at + channel * area);
        }
        for (int e = at; e < at + fromChannels * area; e++) {
            double level = whole ? Math.rint(target[e]) : target[e];
            target[e] = (float) (low + (high - low) * level / HIGHEST);
        }
        for (int channel = fromChannels; channel < channels; channel++) {
            System.arraycopy(target, at, target, at + channel * area, area);
        }
    }

    /** As a picture is saved: the nearest of 256 levels, which EDM finds as ⌊127.5 x + 128⌋. */
    private float[] levels(float[] images, int from) {
        float[] levels = new float[fromSize * fromSize];
        for (int e = 0; e < levels.length; e++) {
            float value = images[from + e];
            if (Float.isNaN(value)) {
                throw new GetjException("the images hold NaN: there is nothing to compare");
            }
            levels[e] = (float) Math.clamp(Math.floor(127.5 * value + 128), 0, HIGHEST);
        }
        return levels;
    }

    private void resize(float[] levels, float[] target, int at) {
        if (size == fromSize) {
            System.arraycopy(levels, 0, target, at, levels.length);
            return;
        }
        double scale = (double) fromSize / size;
        for (int row = 0; row < size; row++) {
            double y = Math.max(0, (row + 0.5) * scale - 0.5);
            int top = (int) y;
            int bottom = Math.min(top + 1, fromSize - 1);
            for (int column = 0; column < size; column++) {
                double x = Math.max(0, (column + 0.5) * scale - 0.5);
                int left = (int) x;
                int right = Math.min(left + 1, fromSize - 1);
                double above = between(levels, top * fromSize, left, right, x - left);
                double below = between(levels, bottom * fromSize, left, right, x - left);
                target[at + row * size + column] = (float) (above + (y - top) * (below - above));
            }
        }
    }

    private static double between(float[] levels, int row, int left, int right, double share) {
        return levels[row + left] + share * (levels[row + right] - levels[row + left]);
    }
}
