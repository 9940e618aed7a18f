package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.Picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * PNG and JPEG files of a folder, decoded when asked for. Sub-folders are classes, numbered in the
 * alphabetical order of their names; files directly in the folder have no class.
 */
final class FolderData implements ImageData {
    private final Path folder;
    private final List<Path> files;
    private final int[] labels;
    private final int classes;
    private final int size;
    private final boolean crop;
    private final int channels;

    private FolderData(
            Path folder,
            List<Path> files,
            int[] labels,
            int classes,
            int size,
            boolean crop,
            int channels) {
        this.folder = folder;
        this.files = files;
        this.labels = labels;
        this.classes = classes;
        this.size = size;
        this.crop = crop;
        this.channels = channels;
    }

    /**
     * @param size side to which images are brought; 0 for the shorter side of the first image
     * @param crop true to cut the middle square out first, false to stretch
     * @param channels 1 or 3
     * @throws GetjException if there are no images, or some lie beside folders of images
     */
    static FolderData open(Path folder, int size, boolean crop, int channels) {
        List<Path> direct = images(folder);
        List<Path> files = new ArrayList<>(direct);
        List<Integer> labels = new ArrayList<>();
        int classes = 0;
        for (Path sub : children(folder, Files::isDirectory)) {
            List<Path> images = images(sub);
            if (!images.isEmpty()) {
                files.addAll(images);
                for (int i = 0; i < images.size(); i++) {
                    labels.add(classes);
                }
                classes++;
            }
        }
        if (files.isEmpty()) {
            throw new GetjException(
                    folder + " holds no .png, .jpg or .jpeg files, nor do folders in it");
        }
        if (classes > 0 && !direct.isEmpty()) {
            throw new GetjException(
                    "%s lies beside the folders of classes; move it into one, or the folders away"
                            .formatted(direct.getFirst()));
        }
        int side = size;
        if (side == 0) {
            Picture first = Picture.read(files.getFirst(), channels);
            side = Math.min(first.width(), first.height());
        }
        return new FolderData(
                folder,
                List.copyOf(files),
                labels.stream().mapToInt(Integer::intValue).toArray(),
                classes,
                side,
                crop,
                channels);
    }

    private static List<Path> images(Path folder) {
        return children(
                folder,
                file ->
                        file.getFileName()
                                        .toString()
                                        .toLowerCase(Locale.ROOT)
                                        .matches(".*\\.(png|jpe?g)")
                                && Files.isRegularFile(file));
    }

    private static List<Path> children(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(wanted).sorted().toList();
        } catch (IOException e) {
            throw GetjException.reading(folder, e);
        }
    }

    @Override
    public String name() {
        return "%s images in %s".formatted(files.size(), folder);
    }

    @Override
    public long count() {
        return files.size();
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void read(long index, float[] target, int at) {
        Picture picture = Picture.read(files.get(Math.toIntExact(index)), channels);
        if (crop) {
            picture = picture.centre();
        }
        if (picture.width() != size || picture.height() != size) {
            picture = picture.resized(size, size);
        }
        for (int i = 0; i < elements(); i++) {
            target[at + i] = ImageData.ofLevel(picture.levels()[i]);
        }
    }

    @Override
    public int label(long index) {
        return classes == 0 ? 0 : labels[Math.toIntExact(index)];
    }

    @Override
    public void close() {
        // no file stays open
    }
}
