package dev.getj.convert;

import dev.getj.io.FileKind;
import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PyValue;
import dev.getj.io.torch.TorchFile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a file by name, whatever its form: safetensors, torch (names of nested dicts and
 * positions in lists joined by dots), NumPy. Tensors are valid until it is closed, on the thread
 * that opened it.
 *
 * @param path of the file
 * @param torch true if it was written by {@code torch.save}
 * @param tensors in the order of the file
 * @param settings other values in words: metadata of a safetensors file, scalars of a torch file
 *     under their dotted names
 * @param unread what stands in a torch file and is not read: dotted names of objects, arrays and
 *     tensors, each with its type in Python
 * @param foreign names of classes in a torch file that getj does not know
 * @param check compares check sums where the form has them
 * @param release closes the file
 */
public record NamedTensors(
        Path path,
        boolean torch,
        Map<String, StridedTensor> tensors,
        Map<String, String> settings,
        Map<String, String> unread,
        Set<String> foreign,
        Runnable check,
        Runnable release)
        implements AutoCloseable {

    /** Deeper nesting than anybody's checkpoint. */
    private static final int MAX_DEPTH = 64;

    /** Steps of a walk over shared containers, which could be entered without end. */
    private static final int MAX_VALUES = 1 << 21;

    /** Characters of a dotted name; a long key above many others would fill the heap. */
    private static final int LONGEST_NAME = 4096;

    /**
     * Opens a file by its first bytes, not its name.
     *
     * @throws GetjException if it is in none of the forms, or damaged
     */
    public static NamedTensors open(Path path) {
        FileKind kind = Files.isRegularFile(path) ? FileKind.of(path) : FileKind.UNKNOWN;
        if (kind.isForeign()) {
            throw new GetjException(
                    "%s holds no weights that are read (safetensors, torch.save, NumPy): it is %s"
                            .formatted(path, kind.text()));
        }
        return switch (kind) {
            case NUMPY -> ofNumpy(path);
            case TORCH_LEGACY -> ofTorch(path);
            case ZIP -> NumpyFile.looksLike(path) ? ofNumpy(path) : ofTorch(path);
            default -> ofSafetensors(path);
        };
    }

    private static NamedTensors ofSafetensors(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        Map<String, StridedTensor> tensors = new LinkedHashMap<>();
        file.names().forEach(name -> tensors.put(name, file.tensor(name)));
        return new NamedTensors(
                path, false, tensors, file.metadata(), Map.of(), Set.of(), () -> {}, file::close);
    }

    private static NamedTensors ofNumpy(Path path) {
        NumpyFile file = NumpyFile.open(path);
        try {
            Map<String, StridedTensor> tensors = new LinkedHashMap<>();
            file.names().forEach(name -> tensors.put(name, file.array(name)));
            return new NamedTensors(
                    path, false, tensors, Map.of(), Map.of(), Set.of(), () -> {}, file::close);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static NamedTensors ofTorch(Path path) {
        TorchFile file = TorchFile.open(path);
        try {
            Walk walk = new Walk(file);
            walk.visit("", file.root(), 0);
            return new NamedTensors(
                    path,
                    true,
                    Collections.unmodifiableMap(walk.tensors),
                    Collections.unmodifiableMap(walk.settings),
                    Collections.unmodifiableMap(walk.unread),
                    Collections.unmodifiableSet(new LinkedHashSet<>(file.foreign())),
                    file::check,
                    file::close);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Gives every tensor and scalar of a torch file its dotted name. */
    private static final class Walk {
        private final TorchFile file;
        private final Map<String, StridedTensor> tensors = new LinkedHashMap<>();
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> unread = new LinkedHashMap<>();
        private int visited;
        private long bytes;

        Walk(TorchFile file) {
            this.file = file;
        }

        void visit(String name, PyValue value, int depth) {
            count(depth);
            switch (value) {
                case PyValue.Tensor tensor -> add(name.isEmpty() ? "tensor" : name, tensor);
                case PyValue.Dict dict ->
                        dict.items()
                                .forEach((key, item) -> visit(join(name, key), item, depth + 1));
                case PyValue.Namespace names -> visit(name, names.attributes(), depth + 1);
                case PyValue.PyList list -> visitAll(name, list.items(), depth);
                case PyValue.Tuple tuple -> visitAll(name, tuple.items(), depth);
                case PyValue.Str(String text) -> settings.put(name, text);
                case PyValue.Int(long number) -> settings.put(name, Long.toString(number));
                case PyValue.Real(double number) -> settings.put(name, Double.toString(number));
                case PyValue.Bool bool ->
                        settings.put(name, bool == PyValue.Bool.TRUE ? "true" : "false");
                case PyValue.Opaque object -> {
                    unread.put(name, object.type());
                    visit(name, object.content(), depth + 1);
                    visitAll(name, object.items().items(), depth);
                }
                case PyValue.Array array -> {
                    if (array.readable()) {
                        put(name, array.tensor(file.path() + ": array '" + name + "'"));
                    } else {
                        unread.put(name, "numpy.ndarray, not of real numbers");
                    }
                }
                case PyValue.None _,
                        PyValue.ElementType _,
                        PyValue.Foreign _,
                        PyValue.BigInt _,
                        PyValue.Bytes _,
                        PyValue.Global _,
                        PyValue.Storage _ -> {
                    // nothing that a network needs
                }
            }
        }

        private void visitAll(String name, Iterable<PyValue> items, int depth) {
            int index = 0;
            for (PyValue item : items) {
                // a list of numbers, such as all losses, is no setting
                if (isScalar(item)) {
                    count(depth + 1);
                } else {
                    visit(join(name, new PyValue.Int(index)), item, depth + 1);
                }
                index++;
            }
        }

        private static boolean isScalar(PyValue item) {
            return item instanceof PyValue.Key
                    || item instanceof PyValue.BigInt
                    || item instanceof PyValue.Bytes;
        }

        private void count(int depth) {
            if (depth > MAX_DEPTH || ++visited > MAX_VALUES) {
                throw new GetjException(
                        "%s nests or repeats its containers too often: more than %s deep or %s values"
                                .formatted(file.path(), MAX_DEPTH, MAX_VALUES));
            }
        }

        private void add(String name, PyValue.Tensor tensor) {
            StridedTensor added = file.tensor(name, tensor);
            file.requireModest(added, bytes);
            bytes += added.bytes();
            put(name, added);
        }

        private void put(String name, StridedTensor added) {
            if (tensors.put(name, added) != null) {
                throw new GetjException(
                        "%s holds two tensors that would be called '%s'"
                                .formatted(file.path(), name));
            }
        }

        private String join(String name, PyValue.Key key) {
            String text =
                    switch (key) {
                        case PyValue.Str(String string) -> string;
                        case PyValue.Int(long number) -> Long.toString(number);
                        case PyValue.Real(double number) -> Double.toString(number);
                        case PyValue.Bool bool -> bool == PyValue.Bool.TRUE ? "True" : "False";
                        case PyValue.None _ -> "None";
                    };
            if (name.length() + text.length() > LONGEST_NAME) {
                throw new GetjException(
                        "%s: a name in it has more than %s characters: %s…"
                                .formatted(
                                        file.path(),
                                        LONGEST_NAME,
                                        (name + "." + text).substring(0, 40)));
            }
            return name.isEmpty() ? text : name + "." + text;
        }
    }

    @Override
    public void close() {
        release.run();
    }
}
