package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.picture.Picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pictures of a folder or of a zip archive, decoded when first asked for; see {@link
 * PictureLayout}.
 */
final class FolderData implements ImageData {
    /**
     * How pictures become images.
     *
     * @param size side to which they are brought; 0 for the shorter side of the first
     * @param crop true to cut the middle square out first, false to stretch
     * @param channels 1 or 3
     */
    record Form(int size, boolean crop, int channels) {}

    private final PictureFiles source;
    private final PictureLayout layout;
    private final Form form;
    private final PixelCache cache;
    private final AtomicLong resized = new AtomicLong();
    private final AtomicBoolean coloured = new AtomicBoolean();
    private volatile boolean checked;

    private FolderData(PictureFiles source, PictureLayout layout, Form form) {
        this.source = source;
        this.layout = layout;
        this.form = form;
        cache = new PixelCache(layout.files().size());
    }

    /**
     * @param part a folder inside, to take instead of all; null for all
     * @param first the label of {@code dataset.json} that is class 0; null to find out
     * @throws GetjException if there are no pictures, or it is not clear what their classes are
     */
    static FolderData open(
            Path path, String part, PictureLayout.Source labels, Long first, Form form) {
        PictureFiles source = PictureFiles.open(path, part);
        try {
            PictureLayout layout = PictureLayout.of(source, labels, first);
            Form fixed = form;
            if (form.size == 0) {
                Picture picture = picture(source, layout.files().getFirst(), form.channels);
                int side = Math.min(picture.width(), picture.height());
                fixed = new Form(side, form.crop, form.channels);
            }
            return new FolderData(source, layout, fixed);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static Picture picture(PictureFiles source, String file, int channels) {
        byte[] bytes = source.read(file, Picture.MAX_FILE_BYTES);
        return Picture.decode(source.label(file), bytes, channels);
    }

    @Override
    public String name() {
        return "%s images in %s".formatted(count(), source.name());
    }

    @Override
    public DataSummary summary() {
        List<String> notes = new ArrayList<>();
        String size = "%s×%s".formatted(form.size, form.size);
        if (checked && resized.get() > 0) {
            notes.add(
                    "%s of another size %s to %s"
                            .formatted(
                                    resized.get(), form.crop ? "cut and scaled" : "scaled", size));
        }
        if (checked && form.channels == 3 && !coloured.get()) {
            notes.add("all are grey (channels=1 keeps one channel)");
        }
        return layout.summary().with(notes);
    }

    @Override
    public long count() {
        return layout.files().size();
    }

    @Override
    public int channels() {
        return form.channels;
    }

    @Override
    public int size() {
        return form.size;
    }

    @Override
    public int classes() {
        return layout.labels().count();
    }

    @Override
    public void check(long count, Progress progress) {
        resized.set(0);
        ImageData.super.check(count, progress);
        checked = count == count();
    }

    @Override
    public void read(long index, float[] target, int at) {
        int image = Math.toIntExact(index);
        if (cache.read(image, target, at)) {
            return;
        }
        Picture picture = picture(source, layout.files().get(image), form.channels);
        boolean fits = picture.width() == form.size && picture.height() == form.size;
        if (form.crop) {
            picture = picture.centre();
        }
        if (picture.width() != form.size || picture.height() != form.size) {
            picture = picture.resized(form.size, form.size);
        }
        float[] levels = picture.levels();
        PixelCache.ofLevels(levels, target, at);
        cache.keep(image, levels);
        if (!checked) {
            note(fits, levels);
        }
    }

    private void note(boolean fits, float[] levels) {
        if (!fits) {
            resized.incrementAndGet();
        }
        int plane = levels.length / form.channels;
        for (int i = 0; i < levels.length - plane && !coloured.get(); i++) {
            if (levels[i] != levels[i + plane]) {
                coloured.set(true);
            }
        }
    }

    @Override
    public int label(long index) {
        return layout.labels().of(index);
    }

    @Override
    public void close() {
        source.close();
    }
}
