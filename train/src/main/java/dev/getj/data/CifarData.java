package dev.getj.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * CIFAR-10 or CIFAR-100 in the binary version: records of one or two label bytes and 3072 bytes of
 * a 32×32 image, plane after plane. From a folder of {@code .bin} files, a single such file, or the
 * {@code .tar.gz} as it is offered for download; the files of a folder are mapped.
 */
final class CifarData implements ImageData {
    private static final int SIZE = 32;
    private static final int CHANNELS = 3;
    private static final int PIXELS = CHANNELS * SIZE * SIZE;

    /** Which of the sets, and which label of a record counts. */
    enum Kind {
        CIFAR10(10, 1, 0, "data_batch_\\d+\\.bin", "test_batch.bin", "cifar-10-batches-bin"),
        CIFAR100(100, 2, 1, "train\\.bin", "test.bin", "cifar-100-binary"),
        CIFAR100_COARSE(20, 2, 0, "train\\.bin", "test.bin", "cifar-100-binary");

        private final int classes;
        private final int labelBytes;
        private final int label;
        private final String train;
        private final String test;
        private final String folder;

        Kind(int classes, int labelBytes, int label, String train, String test, String folder) {
            this.classes = classes;
            this.labelBytes = labelBytes;
            this.label = label;
            this.train = train;
            this.test = test;
            this.folder = folder;
        }

        private int record() {
            return labelBytes + PIXELS;
        }

        private boolean has(String file, Split split) {
            return split != Split.TEST && file.matches(train)
                    || split != Split.TRAIN && file.equals(test);
        }
    }

    /** Which of the images. */
    enum Split {
        TRAIN,
        TEST,
        ALL
    }

    private final String name;
    private final Kind kind;
    private final Arena arena;
    private final List<MemorySegment> files;
    private final byte[] labels;
    private final long[] firsts;

    private CifarData(String name, Kind kind, Arena arena, Map<String, MemorySegment> files) {
        this.name = name;
        this.kind = kind;
        this.arena = arena;
        this.files = List.copyOf(files.values());
        this.firsts = new long[files.size() + 1];
        int file = 0;
        for (Map.Entry<String, MemorySegment> entry : files.entrySet()) {
            long bytes = entry.getValue().byteSize();
            if (bytes == 0 || bytes % kind.record() != 0) {
                throw new GetjException(
                        "%s has %s bytes, which is not a number of records of %s"
                                .formatted(entry.getKey(), bytes, kind.record()));
            }
            firsts[file + 1] = firsts[file] + bytes / kind.record();
            file++;
        }
        if (firsts[file] > Integer.MAX_VALUE - 16) {
            throw new GetjException(name + " holds more images than CIFAR has");
        }
        labels = new byte[(int) firsts[file]];
        file = 0;
        for (String path : files.keySet()) {
            readLabels(path, file++);
        }
    }

    private void readLabels(String path, int file) {
        for (long i = firsts[file]; i < firsts[file + 1]; i++) {
            long record = (i - firsts[file]) * kind.record();
            int label = Byte.toUnsignedInt(files.get(file).get(JAVA_BYTE, record + kind.label));
            if (label >= kind.classes) {
                throw new GetjException(
                        "%s: image %s has the label %s, outside 0 to %s; is it %s?"
                                .formatted(
                                        path,
                                        i - firsts[file],
                                        label,
                                        kind.classes - 1,
                                        kind == Kind.CIFAR10 ? "CIFAR-10" : "CIFAR-100"));
            }
            labels[(int) i] = (byte) label;
        }
    }

    /**
     * @throws GetjException if there are no such files or they are damaged
     */
    static CifarData open(Path path, Kind kind, Split split) {
        Arena arena = Arena.ofShared();
        try {
            Map<String, MemorySegment> files =
                    Files.isDirectory(path)
                            ? ofFolder(path, kind, split, arena)
                            : path.toString().endsWith(".gz") || path.toString().endsWith(".tgz")
                                    ? ofArchive(path, kind, split)
                                    : Map.of(path.toString(), map(path, arena));
            if (files.isEmpty()) {
                throw new GetjException(
                        "%s holds no %s of the binary version; download that, not the Python one"
                                .formatted(
                                        path,
                                        split == Split.TEST
                                                ? kind.test
                                                : kind == Kind.CIFAR10
                                                        ? "data_batch_1.bin"
                                                        : "train.bin"));
            }
            CifarData data =
                    new CifarData(
                            (kind == Kind.CIFAR10 ? "CIFAR-10 in " : "CIFAR-100 in ") + path,
                            kind,
                            arena,
                            files);
            arena = null;
            return data;
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private static Map<String, MemorySegment> ofFolder(
            Path folder, Kind kind, Split split, Arena arena) {
        Path inner = folder.resolve(kind.folder);
        Map<String, MemorySegment> files = new TreeMap<>(inOrder());
        try (Stream<Path> all = Files.list(Files.isDirectory(inner) ? inner : folder)) {
            List<Path> wanted = new ArrayList<>(all.toList());
            wanted.removeIf(file -> !kind.has(file.getFileName().toString(), split));
            wanted.forEach(file -> files.put(file.toString(), map(file, arena)));
        } catch (IOException e) {
            throw GetjException.reading(folder, e);
        }
        return files;
    }

    private static Map<String, MemorySegment> ofArchive(Path path, Kind kind, Split split) {
        Map<String, MemorySegment> files = new TreeMap<>(inOrder());
        TarArchive.read(path, name -> kind.has(name, split))
                .forEach((name, bytes) -> files.put(name, MemorySegment.ofArray(bytes)));
        return files;
    }

    /** Batch 10 after batch 9, as nobody has it; the test batch last. */
    private static Comparator<String> inOrder() {
        return Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
    }

    private static MemorySegment map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long count() {
        return labels.length;
    }

    @Override
    public int channels() {
        return CHANNELS;
    }

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public int classes() {
        return kind.classes;
    }

    @Override
    public void read(long index, float[] target, int at) {
        int file = 0;
        while (index >= firsts[file + 1]) {
            file++;
        }
        long image = (index - firsts[file]) * kind.record() + kind.labelBytes;
        for (int i = 0; i < PIXELS; i++) {
            int level = Byte.toUnsignedInt(files.get(file).get(JAVA_BYTE, image + i));
            target[at + i] = ImageData.ofLevel(level);
        }
    }

    @Override
    public int label(long index) {
        return labels[(int) index];
    }

    @Override
    public void close() {
        arena.close();
    }
}
