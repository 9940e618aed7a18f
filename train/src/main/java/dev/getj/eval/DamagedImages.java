package dev.getj.eval;

import dev.getj.data.CounterRandom;
import dev.getj.data.DataSummary;
import dev.getj.data.ImageData;
import dev.getj.data.Progress;

/** Images made worse in a known way, to see what a figure means. */
public final class DamagedImages implements ImageData {
    /** A way to make images worse. */
    public sealed interface Damage {}

    /** Normal noise is added. */
    public record Noise(double deviation) implements Damage {
        /**
         * @throws IllegalArgumentException if the deviation is not positive
         */
        public Noise {
            if (!(deviation > 0 && Double.isFinite(deviation))) {
                throw new IllegalArgumentException(
                        "noise needs a positive standard deviation, not " + deviation);
            }
        }
    }

    /** Every pixel becomes the mean of the 3×3 around it, as far as they are in the image. */
    public record Blur() implements Damage {}

    /** Nothing is left but noise N(0, 1). */
    public record Destroyed() implements Damage {}

    private static final long SEED = 0xDA3A6E;

    private final ImageData images;
    private final Damage damage;

    /**
     * @param images closed with this
     */
    public DamagedImages(ImageData images, Damage damage) {
        this.images = images;
        this.damage = damage;
    }

    @Override
    public String name() {
        return images.name() + ", damaged: " + damage;
    }

    @Override
    public DataSummary summary() {
        return images.summary();
    }

    @Override
    public void check(long images, Progress progress) {
        this.images.check(images, progress);
    }

    @Override
    public long count() {
        return images.count();
    }

    @Override
    public int channels() {
        return images.channels();
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int classes() {
        return images.classes();
    }

    @Override
    public int label(long index) {
        return images.label(index);
    }

    @Override
    public void read(long index, float[] target, int at) {
        images.read(index, target, at);
        switch (damage) {
            case Noise noise -> {
                for (int e = 0; e < elements(); e++) {
                    target[at + e] += (float) (noise.deviation * normal(index, e));
                }
            }
            case Destroyed _ -> {
                for (int e = 0; e < elements(); e++) {
                    target[at + e] = (float) normal(index, e);
                }
            }
            case Blur _ -> blur(target, at);
        }
    }

    private static double normal(long image, int element) {
        double radius = 1 - CounterRandom.uniform(SEED, image, 2L * element);
        double angle = CounterRandom.uniform(SEED, image, 2L * element + 1);
        return StrictMath.sqrt(-2 * StrictMath.log(radius))
                * StrictMath.cos(2 * StrictMath.PI * angle);
    }

    private void blur(float[] target, int at) {
        int side = size();
        float[] sharp = new float[elements()];
        System.arraycopy(target, at, sharp, 0, sharp.length);
        for (int e = 0; e < sharp.length; e++) {
            int plane = e / (side * side) * side * side;
            int y = (e - plane) / side;
            int x = e % side;
            double sum = 0;
            int count = 0;
            for (int ny = Math.max(0, y - 1); ny <= Math.min(side - 1, y + 1); ny++) {
                for (int nx = Math.max(0, x - 1); nx <= Math.min(side - 1, x + 1); nx++) {
                    sum += sharp[plane + ny * side + nx];
                    count++;
                }
            }
            target[at + e] = (float) (sum / count);
        }
    }

    @Override
    public void close() {
        images.close();
    }
}
