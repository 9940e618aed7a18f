package dev.getj.data;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Levels of decoded images, kept as long as they take no more than an eighth of Java's memory:
 * bytes where all are whole, else floats. Threads may read and write at the same time.
 */
final class PixelCache {
    private final AtomicReferenceArray<Object> images;
    private final AtomicLong room;

    PixelCache(int count) {
        this(count, Runtime.getRuntime().maxMemory() / 8);
    }

    PixelCache(int count, long bytes) {
        images = new AtomicReferenceArray<>(count);
        room = new AtomicLong(bytes);
    }

    /** Keeps the levels of an image, if there is room; they must not change afterwards. */
    void keep(int image, float[] levels) {
        byte[] whole = whole(levels);
        int bytes = whole != null ? whole.length : levels.length * Float.BYTES;
        if (room.addAndGet(-bytes) >= 0) {
            images.set(image, whole != null ? whole : levels);
        } else {
            room.addAndGet(bytes);
        }
    }

    private static byte[] whole(float[] levels) {
        byte[] whole = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            int level = (int) levels[i];
            if (level != levels[i]) {
                return null;
            }
            whole[i] = (byte) level;
        }
        return whole;
    }

    /**
     * @return true if the image was there and is now in {@code target}, in [−1, 1]
     */
    boolean read(int image, float[] target, int at) {
        switch (images.get(image)) {
            case null -> {
                return false;
            }
            case byte[] levels -> {
                for (int i = 0; i < levels.length; i++) {
                    target[at + i] = ImageData.ofLevel(Byte.toUnsignedInt(levels[i]));
                }
            }
            case float[] levels -> ofLevels(levels, target, at);
            default -> throw new AssertionError();
        }
        return true;
    }

    /** Levels as floats in [−1, 1]. */
    static void ofLevels(float[] levels, float[] target, int at) {
        for (int i = 0; i < levels.length; i++) {
            target[at + i] = ImageData.ofLevel(levels[i]);
        }
    }
}
