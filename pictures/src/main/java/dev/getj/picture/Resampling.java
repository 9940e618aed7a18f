package dev.getj.picture;

/**
 * Brings a line of samples to another length by Lanczos filtering with three lobes, widened when
 * shrinking so that nothing is skipped; at the borders, weights of samples that are not there go to
 * the others. The same filter as Pillow's {@code LANCZOS}, without its rounding between the two
 * directions.
 */
final class Resampling {
    private static final double LOBES = 3;

    private final int from;
    private final int to;
    private final int[] first;
    private final float[][] weights;

    Resampling(int from, int to) {
        this.from = from;
        this.to = to;
        this.first = new int[to];
        this.weights = new float[to][];
        double scale = (double) from / to;
        double widening = Math.max(1, scale);
        double reach = LOBES * widening;
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int low = (int) Math.max(0, Math.floor(centre - reach + 0.5));
            int high = (int) Math.min(from, Math.floor(centre + reach + 0.5));
            double[] line = new double[high - low];
            double sum = 0;
            for (int k = low; k < high; k++) {
                line[k - low] = lanczos((k + 0.5 - centre) / widening);
                sum += line[k - low];
            }
            first[i] = low;
            weights[i] = new float[line.length];
            for (int k = 0; k < line.length; k++) {
                weights[i][k] = (float) (line[k] / sum);
            }
        }
    }

    private static double lanczos(double x) {
        if (x == 0) {
            return 1;
        }
        if (Math.abs(x) >= LOBES) {
            return 0;
        }
        double angle = StrictMath.PI * x;
        return LOBES * StrictMath.sin(angle) * StrictMath.sin(angle / LOBES) / (angle * angle);
    }

    /** Resamples each of {@code count} rows of the old length. */
    float[] rows(float[] values, int count) {
        float[] resampled = new float[Math.multiplyExact(count, to)];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < to; i++) {
                float sum = 0;
                for (int k = 0; k < weights[i].length; k++) {
                    sum += weights[i][k] * values[row * from + first[i] + k];
                }
                resampled[row * to + i] = sum;
            }
        }
        return resampled;
    }

    /** Resamples the columns of {@code planes} planes [old length, width]. */
    float[] columns(float[] values, int planes, int width) {
        float[] resampled = new float[Math.multiplyExact(planes * to, width)];
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < to; i++) {
                int target = (plane * to + i) * width;
                for (int k = 0; k < weights[i].length; k++) {
                    int source = (plane * from + first[i] + k) * width;
                    float weight = weights[i][k];
                    for (int x = 0; x < width; x++) {
                        resampled[target + x] += weight * values[source + x];
                    }
                }
            }
        }
        return resampled;
    }
}
