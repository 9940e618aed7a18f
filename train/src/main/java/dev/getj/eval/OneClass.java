package dev.getj.eval;

import dev.getj.data.ImageData;

import java.util.stream.LongStream;

/** The images of one class of a data set. */
public final class OneClass implements ImageData {
    private final ImageData images;
    private final int label;
    private final long[] members;

    /**
     * @param images closed with this
     * @throws IllegalArgumentException if the data has no image of the class
     */
    public OneClass(ImageData images, int label) {
        this.images = images;
        this.label = label;
        members =
                images.classes() == 0
                        ? new long[0]
                        : LongStream.range(0, images.count())
                                .filter(i -> images.label(i) == label)
                                .toArray();
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "%s: there is no image of class %s".formatted(images.name(), label));
        }
    }

    @Override
    public String name() {
        return images.name() + ", those of class " + label;
    }

    @Override
    public long count() {
        return members.length;
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
        return label;
    }

    @Override
    public void read(long index, float[] target, int at) {
        images.read(members[Math.toIntExact(index)], target, at);
    }

    @Override
    public void close() {
        images.close();
    }
}
