package dev.getj.data;

import java.util.Arrays;

/**
 * The built-in data set: the digits 0 to 9 as strokes of a pen, 16×16 grey, background −1 and ink
 * +1. A digit is a set of poly-lines; every image has its own slant, scale, width, position and
 * pen. Image i of seed s is the same however many are drawn and on whichever machine: nothing but
 * IEEE arithmetic is used.
 */
public final class Strokes {
    public static final int CHANNELS = 1;
    public static final int SIZE = 16;
    public static final int CLASSES = 10;

    /** Floats of an image. */
    public static final int ELEMENTS = CHANNELS * SIZE * SIZE;

    /** Straight pieces of a full turn. */
    private static final int PIECES = 24;

    /**
     * Glyphs in a box one unit high, centred on the origin, y downwards: [digit][poly-line][x₀, y₀,
     * x₁, y₁, …].
     */
    private static final double[][][] GLYPHS = {
        {arc(0, 0, 0.3, 0.5, 0, 360)},
        {{-0.2, -0.28, 0.06, -0.5, 0.06, 0.5}},
        {join(arc(0, -0.22, 0.28, 0.28, -170, 35), -0.3, 0.5, 0.32, 0.5)},
        {join(arc(-0.03, -0.26, 0.26, 0.24, -150, 90), arc(-0.03, 0.23, 0.31, 0.27, -90, 150))},
        {{0.1, -0.5, -0.33, 0.17, 0.35, 0.17}, {0.12, -0.12, 0.12, 0.5}},
        {
            join(
                    new double[] {0.28, -0.5, -0.22, -0.5, -0.25, -0.04},
                    arc(-0.02, 0.18, 0.31, 0.32, -130, 150))
        },
        {arc(0.24, 0.18, 0.52, 0.68, -90, -180), arc(0, 0.2, 0.28, 0.3, 0, 360)},
        {{-0.3, -0.5, 0.32, -0.5, -0.08, 0.5}},
        {arc(0, -0.26, 0.23, 0.24, 0, 360), arc(0, 0.24, 0.29, 0.26, 0, 360)},
        {arc(-0.24, -0.18, 0.52, 0.68, 0, 90), arc(0, -0.2, 0.28, 0.3, 0, 360)},
    };

    private Strokes() {}

    /**
     * Class of image {@code index}: classes take turns, so any ten images in a row hold each digit
     * once.
     */
    public static int label(long index) {
        return (int) Math.floorMod(index, (long) CLASSES);
    }

    /** Images {@code first … first + count} as [count, 1, 16, 16]. */
    public static float[] images(long seed, long first, int count) {
        float[] images = new float[Math.multiplyExact(count, ELEMENTS)];
        for (int i = 0; i < count; i++) {
            draw(seed, first + i, images, i * ELEMENTS);
        }
        return images;
    }

    /** Classes of images {@code first … first + count}. */
    public static int[] labels(long first, int count) {
        int[] labels = new int[count];
        Arrays.setAll(labels, i -> label(first + i));
        return labels;
    }

    /** Draws image {@code index} of {@code seed} to {@code target[at … at + 256]}. */
    public static void draw(long seed, long index, float[] target, int at) {
        double height = CounterRandom.uniform(seed, index, 0, 9.5, 12);
        double width = height * CounterRandom.uniform(seed, index, 1, 0.85, 1.2);
        double slant = CounterRandom.uniform(seed, index, 2, -0.1, 0.3);
        double x = SIZE / 2.0 + CounterRandom.uniform(seed, index, 3, -1.2, 1.2);
        double y = SIZE / 2.0 + CounterRandom.uniform(seed, index, 4, -1, 1);
        double pen = CounterRandom.uniform(seed, index, 5, 0.7, 1.15);
        double[] nearest = new double[ELEMENTS];
        Arrays.fill(nearest, Double.MAX_VALUE);
        for (double[] line : GLYPHS[label(index)]) {
            double[] placed = new double[line.length];
            for (int p = 0; p < line.length; p += 2) {
                placed[p] = x + width * line[p] - slant * height * line[p + 1];
                placed[p + 1] = y + height * line[p + 1];
            }
            for (int p = 0; p + 3 < placed.length; p += 2) {
                measure(placed[p], placed[p + 1], placed[p + 2], placed[p + 3], nearest);
            }
        }
        for (int i = 0; i < ELEMENTS; i++) {
            // A pixel is covered fully half a pixel inside the stroke's edge, not at all half a
            // pixel outside.
            double coverage = Math.clamp(pen + 0.5 - Math.sqrt(nearest[i]), 0.0, 1.0);
            target[at + i] = (float) (2 * coverage - 1);
        }
    }

    /** Lowers each pixel's squared distance to that from its centre to the segment a–b. */
    private static void measure(double ax, double ay, double bx, double by, double[] nearest) {
        double dx = bx - ax;
        double dy = by - ay;
        double squaredLength = dx * dx + dy * dy;
        for (int i = 0; i < ELEMENTS; i++) {
            double px = i % SIZE + 0.5 - ax;
            double py = i / SIZE + 0.5 - ay;
            double along = Math.clamp((px * dx + py * dy) / squaredLength, 0.0, 1.0);
            double ox = px - along * dx;
            double oy = py - along * dy;
            nearest[i] = Math.min(nearest[i], ox * ox + oy * oy);
        }
    }

    /** An elliptic arc from one angle to another in degrees: 0 points right, 90 down, −90 up. */
    private static double[] arc(
            double x, double y, double radiusX, double radiusY, double from, double to) {
        int pieces = (int) Math.ceil(PIECES * Math.abs(to - from) / 360);
        double[] line = new double[2 * (pieces + 1)];
        for (int i = 0; i <= pieces; i++) {
            double angle = (from + (to - from) * i / pieces) * (StrictMath.PI / 180);
            line[2 * i] = x + radiusX * StrictMath.cos(angle);
            line[2 * i + 1] = y + radiusY * StrictMath.sin(angle);
        }
        return line;
    }

    private static double[] join(double[] first, double... second) {
        double[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
