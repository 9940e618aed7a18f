package dev.getj.data;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A check sum of a data set by its size and some of its items: enough to tell whether two machines
 * have the same, without reading all of it.
 */
public final class DataDigest {
    private static final int SEEN = 16;

    private DataDigest() {}

    /** Of pairs: noise, images and labels. */
    public static String of(Pairs pairs) {
        float[] noise = new float[pairs.elements()];
        float[] image = new float[pairs.elements()];
        int[] label = new int[1];
        CRC32C sum = new CRC32C();
        for (int i = 0; i < SEEN; i++) {
            pairs.read(new long[] {item(i, pairs.count())}, noise, image, label);
            add(sum, noise);
            add(sum, image);
            sum.update(label[0]);
        }
        return text(pairs.count(), sum);
    }

    /** Of images and their labels. */
    public static String of(ImageData data) {
        float[] image = new float[data.elements()];
        CRC32C sum = new CRC32C();
        for (int i = 0; i < SEEN; i++) {
            long item = item(i, data.count());
            data.read(item, image, 0);
            add(sum, image);
            sum.update(data.classes() > 0 ? data.label(item) : 0);
        }
        return text(data.count(), sum);
    }

    // the first, the last, and some between
    private static long item(int i, long count) {
        return (long) ((double) i / (SEEN - 1) * (count - 1));
    }

    private static void add(CRC32C sum, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        sum.update(bytes);
    }

    private static String text(long count, CRC32C sum) {
        return "%s items, check sum %08x".formatted(count, sum.getValue());
    }
}
