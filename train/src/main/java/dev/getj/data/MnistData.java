package dev.getj.data;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * MNIST and what comes in its form (Fashion-MNIST, KMNIST, EMNIST): IDX files {@code
 * train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code t10k-…}, with {@code .gz} or
 * without, in a folder or in the {@code raw} folder of torchvision.
 */
final class MnistData implements ImageData {
    private static final Pattern IMAGES =
            Pattern.compile("(.*-)?(train|t10k|test)-images([-.])idx3-ubyte(\\.gz)?");

    private static final List<String> INSIDE =
            List.of("raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw");

    /** What the classes are called, which the files do not tell. */
    enum Names {
        /** As in Fashion-MNIST, if the folder is called like that. */
        FOUND,
        FASHION,
        NONE;

        List<String> of(Path folder, int classes) {
            Path named =
                    folder.endsWith("raw") && folder.getNameCount() > 1
                            ? folder.getParent()
                            : folder.toAbsolutePath().normalize();
            boolean fashion =
                    this == FASHION
                            || this == FOUND
                                    && named.getFileName() != null
                                    && named.getFileName()
                                            .toString()
                                            .toLowerCase(Locale.ROOT)
                                            .contains("fashion");
            return fashion && classes == ClassNames.FASHION_MNIST.size()
                    ? ClassNames.FASHION_MNIST
                    : List.of();
        }
    }

    /** One file of images and the labels that belong to it. */
    private record Part(byte[] levels, int count) {}

    private final Path folder;
    private final List<Part> parts;
    private final Labels labels;
    private final List<String> classNames;
    private final int stored;
    private final int size;
    private final List<String> notes;

    private MnistData(
            Path folder,
            List<Part> parts,
            Labels labels,
            List<String> classNames,
            int stored,
            int size,
            List<String> notes) {
        this.folder = folder;
        this.parts = parts;
        this.labels = labels;
        this.classNames = classNames;
        this.stored = stored;
        this.size = size;
        this.notes = notes;
    }

    /**
     * @param pad side to which images are framed in black; 0 for their own
     * @param first the label that is class 0; null to find out
     * @param names of the classes
     * @throws GetjException if the files are not there, damaged or of more than one data set
     */
    static MnistData open(Path folder, Split split, int pad, Long first, Names names) {
        Path inner = folder;
        List<Path> files = files(folder);
        for (int i = 0; files.isEmpty() && i < INSIDE.size(); i++) {
            inner = folder.resolve(INSIDE.get(i));
            files = Files.isDirectory(inner) ? files(inner) : List.of();
        }
        List<Part> parts = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        long[] values = new long[0];
        int stored = 0;
        for (boolean train : new boolean[] {true, false}) {
            if (split == (train ? Split.TEST : Split.TRAIN)) {
                continue;
            }
            Path file = only(folder, files, train);
            IdxFile images = IdxFile.read(file, 3);
            int side = images.shape()[1];
            if (side != images.shape()[2] || stored != 0 && side != stored) {
                throw new GetjException(
                        "%s holds images of %s×%s; square ones of one size are read"
                                .formatted(file, images.shape()[2], side));
            }
            stored = side;
            IdxFile ofImages = IdxFile.read(labelsOf(file), 1);
            if (ofImages.shape()[0] != images.shape()[0]) {
                throw new GetjException(
                        "%s holds %s labels, but there are %s images"
                                .formatted(labelsOf(file), ofImages.shape()[0], images.shape()[0]));
            }
            parts.add(new Part(images.elements(), images.shape()[0]));
            notes.add("from " + folder.relativize(file));
            values = joined(values, ofImages.elements());
        }
        if (pad != 0 && pad < stored) {
            throw new GetjException(
                    "%s holds images of %s×%s; pad=%s is smaller"
                            .formatted(folder, stored, stored, pad));
        }
        Labels labels = Labels.of(folder.toString(), values, first);
        notes.addAll(labels.notes());
        if (pad > stored) {
            notes.add("framed to %s×%s".formatted(pad, pad));
        }
        return new MnistData(
                folder,
                parts,
                labels,
                names.of(inner, labels.count()),
                stored,
                Math.max(pad, stored),
                List.copyOf(notes));
    }

    private static long[] joined(long[] values, byte[] further) {
        int before = values.length;
        long[] all = Arrays.copyOf(values, Math.addExact(before, further.length));
        for (int i = 0; i < further.length; i++) {
            all[before + i] = Byte.toUnsignedInt(further[i]);
        }
        return all;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> IMAGES.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw GetjException.reading(folder, e);
        }
    }

    /** The images of a part; unpacked ones if both are there. */
    private static Path only(Path folder, List<Path> files, boolean train) {
        List<Path> matching = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            Matcher matcher = IMAGES.matcher(name);
            boolean unpacked =
                    name.endsWith(".gz")
                            && files.contains(
                                    file.resolveSibling(name.substring(0, name.length() - 3)));
            if (matcher.matches() && matcher.group(2).equals("train") == train && !unpacked) {
                matching.add(file);
            }
        }
        if (matching.isEmpty()) {
            throw new GetjException(
                    "%s holds no %s-images-idx3-ubyte, with .gz or without; the files of MNIST or Fashion-MNIST are needed"
                            .formatted(folder, train ? "train" : "t10k"));
        }
        if (matching.size() > 1) {
            throw new GetjException(
                    "%s holds the images of several data sets (%s, %s); move each into a folder of its own"
                            .formatted(
                                    folder,
                                    matching.getFirst().getFileName(),
                                    matching.get(1).getFileName()));
        }
        return matching.getFirst();
    }

    private static Path labelsOf(Path images) {
        String name =
                images.getFileName()
                        .toString()
                        .replaceFirst("-images([-.])idx3-ubyte", "-labels$1idx1-ubyte");
        Path file = images.resolveSibling(name);
        String other = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name + ".gz";
        return !Files.exists(file) && Files.exists(images.resolveSibling(other))
                ? images.resolveSibling(other)
                : file;
    }

    @Override
    public String name() {
        return "%s images in %s".formatted(count(), folder);
    }

    @Override
    public DataSummary summary() {
        return new DataSummary(folder.toString(), count(), classes(), classNames, notes, List.of());
    }

    @Override
    public long count() {
        return labels.classes().length;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int classes() {
        return labels.count();
    }

    /** Every byte is a level: nothing can be bad. */
    @Override
    public void check(long count, Progress progress) {
        // there is nothing to find
    }

    @Override
    public void read(long index, float[] target, int at) {
        long inPart = index;
        int part = 0;
        while (inPart >= parts.get(part).count) {
            inPart -= parts.get(part++).count;
        }
        byte[] levels = parts.get(part).levels;
        int from = (int) inPart * stored * stored;
        int frame = (size - stored) / 2;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int row = y - frame;
                int column = x - frame;
                boolean inside = row >= 0 && row < stored && column >= 0 && column < stored;
                int level = inside ? Byte.toUnsignedInt(levels[from + row * stored + column]) : 0;
                target[at + y * size + x] = ImageData.ofLevel(level);
            }
        }
    }

    @Override
    public int label(long index) {
        return labels.of(index);
    }

    @Override
    public void close() {
        // no file stays open
    }
}
