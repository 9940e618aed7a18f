package dev.getj.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.getj.io.GetjException;
import dev.getj.io.MappedFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * CIFAR-10 or CIFAR-100, in the binary version (records of one or two label bytes and 3072 bytes of
 * a 32×32 image, plane after plane) or the python version (pickles, read as data). From a folder, a
 * single file, or the {@code .tar.gz} as it is offered for download; binary files of a folder are
 * mapped.
 */
final class CifarData implements ImageData {
    /** CIFAR has 185 MB; what is larger is something else. */
    private static final long MAX_BYTES = 256L << 20;

    private final String name;
    private final CifarKind kind;
    private final Arena arena;
    private final List<CifarBatch> batches;
    private final List<String> notes;
    private final long count;

    private CifarData(
            Path path, CifarKind kind, Arena arena, List<CifarBatch> batches, List<String> notes) {
        this.name = kind.title() + " in " + path;
        this.kind = kind;
        this.arena = arena;
        this.batches = batches;
        this.notes = notes;
        this.count = batches.stream().mapToLong(CifarBatch::count).sum();
        if (count > Integer.MAX_VALUE - 16) {
            throw new GetjException(name + " holds more images than CIFAR has");
        }
    }

    /**
     * @throws GetjException if there are no such files or they are damaged
     */
    static CifarData open(Path path, CifarKind kind, Split split) {
        Arena arena = Arena.ofShared();
        try {
            Found found =
                    Files.isDirectory(path)
                            ? ofFolder(path, kind, split, arena)
                            : path.toString().matches("(?i).*\\.t?gz")
                                    ? ofArchive(path, kind, split)
                                    : ofFile(path, kind, arena);
            if (found.files.isEmpty()) {
                throw new GetjException(
                        "%s holds no %s, neither of the binary version (%s) nor of the python version (%s)"
                                .formatted(
                                        path,
                                        kind.title(),
                                        example(kind.binary(), split),
                                        example(kind.python(), split)));
            }
            List<CifarBatch> batches = new ArrayList<>();
            found.files.forEach(
                    (label, bytes) ->
                            batches.add(
                                    found.version instanceof CifarKind.Python
                                            ? CifarBatch.ofPython(label, bytes, kind)
                                            : CifarBatch.ofBinary(label, bytes, kind)));
            CifarData data =
                    new CifarData(path, kind, arena, List.copyOf(batches), found.notes(split));
            arena = null;
            return data;
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    /** The files of one version, in order. */
    private record Found(CifarKind.Version version, Map<String, MemorySegment> files) {
        private List<String> notes(Split split) {
            return List.of(
                    "%s of the %s version%s"
                            .formatted(
                                    DataSummary.counted(files.size(), "file"),
                                    version instanceof CifarKind.Python ? "python" : "binary",
                                    switch (split) {
                                        case TRAIN -> ", to train";
                                        case TEST -> ", to test";
                                        case ALL -> ", all";
                                    }));
        }
    }

    private static String example(CifarKind.Version version, Split split) {
        return split == Split.TEST
                ? version.test()
                : version.train().replace("\\d+", "1").replace("\\", "");
    }

    private static Found ofFolder(Path folder, CifarKind kind, Split split, Arena arena) {
        for (CifarKind.Version version : List.of(kind.binary(), kind.python())) {
            Path inner = folder.resolve(version.folder());
            Map<String, MemorySegment> files = new TreeMap<>(inOrder());
            try (Stream<Path> all = Files.list(Files.isDirectory(inner) ? inner : folder)) {
                List<Path> wanted = new ArrayList<>(all.toList());
                wanted.removeIf(
                        file ->
                                !version.has(file.getFileName().toString(), split)
                                        || Files.isDirectory(file));
                wanted.forEach(file -> files.put(file.toString(), MappedFile.map(file, arena)));
            } catch (IOException e) {
                throw GetjException.reading(folder, e);
            }
            if (!files.isEmpty()) {
                return new Found(version, files);
            }
        }
        return new Found(kind.binary(), Map.of());
    }

    private static Found ofArchive(Path path, CifarKind kind, Split split) {
        Map<String, byte[]> files =
                TarArchive.read(
                        path,
                        name -> kind.binary().has(name, split) || kind.python().has(name, split),
                        Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / 2));
        boolean binary = files.keySet().stream().anyMatch(name -> name.endsWith(".bin"));
        CifarKind.Version version = binary ? kind.binary() : kind.python();
        Map<String, MemorySegment> wanted = new TreeMap<>(inOrder());
        files.forEach(
                (name, bytes) -> {
                    if (version.has(name, split)) {
                        wanted.put(path + "/" + name, MemorySegment.ofArray(bytes));
                    }
                });
        return new Found(version, wanted);
    }

    private static Found ofFile(Path path, CifarKind kind, Arena arena) {
        MemorySegment bytes = MappedFile.map(path, arena);
        boolean pickle =
                bytes.byteSize() > 1
                        && !path.toString().endsWith(".bin")
                        && bytes.get(JAVA_BYTE, 0) == (byte) 0x80;
        return new Found(pickle ? kind.python() : kind.binary(), Map.of(path.toString(), bytes));
    }

    /** The test batch, whose name is shorter, before the others; those by number. */
    private static Comparator<String> inOrder() {
        return Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DataSummary summary() {
        return new DataSummary(name, count, kind.classes(), kind.names(), notes, List.of());
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public int channels() {
        return CifarBatch.CHANNELS;
    }

    @Override
    public int size() {
        return CifarBatch.SIZE;
    }

    @Override
    public int classes() {
        return kind.classes();
    }

    /** Every byte is a level, labels were checked: nothing can be bad. */
    @Override
    public void check(long images, Progress progress) {
        // there is nothing to find
    }

    /** Where an image is. */
    private record Place(CifarBatch batch, int image) {}

    private Place place(long index) {
        long inBatch = index;
        int batch = 0;
        while (inBatch >= batches.get(batch).count()) {
            inBatch -= batches.get(batch++).count();
        }
        return new Place(batches.get(batch), (int) inBatch);
    }

    @Override
    public void read(long index, float[] target, int at) {
        Place place = place(index);
        CifarBatch batch = place.batch;
        long first = batch.first() + place.image * batch.stride();
        for (int i = 0; i < CifarBatch.PIXELS; i++) {
            int level = Byte.toUnsignedInt(batch.bytes().get(JAVA_BYTE, first + i));
            target[at + i] = ImageData.ofLevel(level);
        }
    }

    @Override
    public int label(long index) {
        Place place = place(index);
        return place.batch.labels()[place.image];
    }

    @Override
    public void close() {
        arena.close();
    }
}
