package dev.getj.data;

import java.util.Objects;

/** The built-in {@link Strokes}, drawn when asked for. */
final class StrokesData implements ImageData {
    /** As many as CIFAR-10 has. */
    static final long DEFAULT_COUNT = 50_000;

    private final long count;
    private final long seed;

    StrokesData(long count, long seed) {
        this.count = count;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "%s built-in strokes of seed %s".formatted(count, seed);
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public int channels() {
        return Strokes.CHANNELS;
    }

    @Override
    public int size() {
        return Strokes.SIZE;
    }

    @Override
    public int classes() {
        return Strokes.CLASSES;
    }

    @Override
    public void read(long index, float[] target, int at) {
        Strokes.draw(seed, Objects.checkIndex(index, count), target, at);
    }

    /** They are drawn: nothing can be bad. */
    @Override
    public void check(long images, Progress progress) {
        // there is nothing to find
    }

    @Override
    public int label(long index) {
        return Strokes.label(index);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
