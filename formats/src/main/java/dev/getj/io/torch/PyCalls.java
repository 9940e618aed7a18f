package dev.getj.io.torch;

import dev.getj.io.DType;
import dev.getj.io.Strides;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the few known callables of a pickle stand for: PyTorch's {@code torch/_utils.py}, NumPy's
 * arrays and Python's own containers. Nothing is looked up or run; each is a case here. Objects of
 * unknown classes are noted, not built: see {@link ForeignName}.
 */
final class PyCalls {
    /** PyTorch itself allows 64 dimensions. */
    private static final int MAX_DIMENSIONS = 64;

    private final PickleBytes in;
    private final PickleBudget budget;
    private final NumpyCalls numpy;
    private final Map<String, StorageName> storages = new HashMap<>();
    private final Set<String> foreign = new LinkedHashSet<>();

    PyCalls(PickleBytes in, PickleBudget budget) {
        this.in = in;
        this.budget = budget;
        this.numpy = new NumpyCalls(in);
    }

    /** Every storage named so far, by key. */
    Map<String, StorageName> storages() {
        return storages;
    }

    /** Every class and function named so far that has no meaning here. */
    Set<String> foreign() {
        return foreign;
    }

    /** What a name stands for. */
    PyValue global(String module, String name) {
        Optional<TorchGlobal> known = TorchGlobal.named(module, name);
        if (known.isPresent()) {
            return new PyValue.Global(known.get());
        }
        String full = ForeignName.full(module, name);
        if (!ForeignName.allowed(module, name)) {
            throw in.refuse(
                    "the global %s is not allowed: only tensors and plain containers are read"
                            .formatted(full));
        }
        budget.spendKey(full);
        foreign.add(full);
        return new PyValue.Foreign(full);
    }

    /** The result of calling something with a tuple of arguments. */
    PyValue call(PyValue callable, PyValue arguments) {
        return switch (callable) {
            case PyValue.Global(TorchGlobal.Callable function) ->
                    call(function, arguments(function.toString(), arguments));
            case PyValue.Foreign(String name) when ForeignName.isClass(name) -> {
                arguments(name, arguments);
                yield new PyValue.Opaque(name);
            }
            case PyValue.Foreign(String name) ->
                    throw in.refuse(
                            "it calls the function %s, which is not allowed: nothing in a file is run"
                                    .formatted(name));
            default -> throw in.refuse("it calls something that cannot be called");
        };
    }

    /** A new object of a class, which the operation says that it is. */
    PyValue construct(PyValue type, PyValue arguments) {
        return type instanceof PyValue.Foreign(String name)
                ? new PyValue.Opaque(name)
                : call(type, arguments);
    }

    private List<PyValue> arguments(String function, PyValue arguments) {
        if (arguments instanceof PyValue.Tuple(List<PyValue> items)) {
            return items;
        }
        throw in.refuse("it calls " + function + " without a tuple of arguments");
    }

    private PyValue call(TorchGlobal.Callable function, List<PyValue> items) {
        return switch (function) {
            case ORDERED_DICT -> orderedDict(items);
            case NAMESPACE -> {
                require(items.isEmpty(), "argparse.Namespace with arguments");
                yield new PyValue.Namespace();
            }
            case SIZE -> {
                require(items.size() == 1, "torch.Size without one argument");
                yield new PyValue.Tuple(sequence(items.getFirst()));
            }
            case DEVICE -> {
                require(!items.isEmpty(), "torch.device without a name");
                yield new PyValue.Str(string(items.getFirst()));
            }
            case ENCODE -> encode(items);
            case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> {
                require(items.size() >= 4, "a tensor without storage, offset, size and stride");
                if (items.getFirst() instanceof PyValue.Opaque unreadable) {
                    yield unreadable;
                }
                PyValue.Storage storage = storageOf(items.getFirst());
                require(
                        storage.name().dtype() != null,
                        "a tensor in an untyped storage, without element type");
                yield tensor(storage, storage.name().dtype(), items);
            }
            case REBUILD_TENSOR_V3 -> {
                require(items.size() >= 7, "a tensor without storage, size, stride and type");
                if (items.get(6) instanceof PyValue.Foreign(String type)) {
                    yield new PyValue.Opaque(type);
                }
                if (!(items.get(6)
                        instanceof PyValue.Global(TorchGlobal.ElementType(DType dtype)))) {
                    throw in.refuse("a tensor without element type");
                }
                yield tensor(storageOf(items.getFirst()), dtype, items);
            }
            case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> {
                require(
                        !items.isEmpty() && isTensor(items.getFirst()),
                        "a parameter without a tensor");
                yield items.getFirst();
            }
            case REBUILD_FROM_TYPE -> fromType(items);
            case NUMPY_ARRAY -> numpy.array(items);
            case NUMPY_ARRAY_OF_BUFFER -> numpy.arrayOf(items);
            case NUMPY_TYPE -> numpy.type(items);
            case NUMPY_SCALAR -> numpy.scalar(items);
            case LIST -> {
                PyValue.PyList list = new PyValue.PyList();
                if (!items.isEmpty() && items.getFirst() != PyValue.None.NONE) {
                    List<PyValue> from = sequence(items.getFirst());
                    budget.spend(from.size());
                    list.items().addAll(from);
                }
                yield list;
            }
            case BYTES -> {
                require(items.isEmpty(), "bytes of something");
                yield new PyValue.Bytes(new byte[0]);
            }
            case DEFAULT_DICT -> new PyValue.Dict(); // of a factory; items are set later
            case COUNTER -> {
                PyValue.Dict dict = new PyValue.Dict();
                if (!items.isEmpty() && items.getFirst() instanceof PyValue.Dict counts) {
                    putAll(dict, counts);
                }
                yield dict;
            }
            case NEW_OBJECT -> {
                require(!items.isEmpty(), "an object without a class");
                yield construct(
                        items.getFirst(), new PyValue.Tuple(items.subList(1, items.size())));
            }
            case RECONSTRUCT -> {
                require(items.size() == 3, "an object without class, base and value");
                yield construct(items.getFirst(), new PyValue.Tuple(List.of()));
            }
        };
    }

    /** Sets an item of a dict under anything that Python can use as a key. */
    void put(PyValue.Dict dict, PyValue key, PyValue value) {
        switch (key) {
            case PyValue.Str text -> putKnown(dict, text, value);
            case PyValue.Key other -> putKnown(dict, other, value);
            case PyValue.Bytes(byte[] text) ->
                    putKnown(
                            dict,
                            new PyValue.Str(new String(text, StandardCharsets.ISO_8859_1)),
                            value);
            case PyValue.Foreign(String name) -> putKnown(dict, new PyValue.Str(name), value);
            case PyValue.BigInt _,
                    PyValue.Tuple _,
                    PyValue.Global _,
                    PyValue.Opaque _,
                    PyValue.ElementType _ -> {
                // nothing that a network needs lies under such a key
            }
            case PyValue.PyList _,
                    PyValue.Dict _,
                    PyValue.Namespace _,
                    PyValue.Array _,
                    PyValue.Storage _,
                    PyValue.Tensor _ ->
                    throw in.refuse("the key of a dict is neither a string nor a number");
        }
    }

    private void putKnown(PyValue.Dict dict, PyValue.Key key, PyValue value) {
        budget.spendKey(key instanceof PyValue.Str(String text) ? text : "");
        dict.items().put(key, value);
    }

    private void putAll(PyValue.Dict dict, PyValue.Dict from) {
        if (from != dict) {
            from.items().forEach((key, value) -> putKnown(dict, key, value));
        }
    }

    /** {@code OrderedDict()}, or of a list of pairs as Python 2 wrote it. */
    private PyValue orderedDict(List<PyValue> items) {
        PyValue.Dict dict = new PyValue.Dict();
        require(items.size() <= 1, "OrderedDict with more than one argument");
        if (!items.isEmpty()) {
            for (PyValue item : sequence(items.getFirst())) {
                budget.spend(1);
                List<PyValue> pair = sequence(item);
                require(
                        pair.size() == 2,
                        "OrderedDict of something else than pairs of key and value");
                put(dict, pair.getFirst(), pair.getLast());
            }
        }
        return dict;
    }

    /** Bytes, which protocol 2 writes as text to be encoded. */
    private PyValue encode(List<PyValue> items) {
        require(
                items.size() == 2
                        && items.getFirst() instanceof PyValue.Str
                        && items.getLast().equals(new PyValue.Str("latin1")),
                "bytes that are not latin1 text");
        return new PyValue.Bytes(string(items.getFirst()).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** {@code (function, type, arguments, state)}: a tensor with Python attributes, left out. */
    private PyValue fromType(List<PyValue> items) {
        require(
                items.size() == 4
                        && items.get(0) instanceof PyValue.Global(TorchGlobal.Callable _)
                        && items.get(1) instanceof PyValue.Global(TorchGlobal.TensorType _)
                        && items.get(2) instanceof PyValue.Tuple,
                "a tensor of a type that is not torch.Tensor or Parameter");
        TorchGlobal.Callable function =
                (TorchGlobal.Callable) ((PyValue.Global) items.getFirst()).global();
        require(
                function != TorchGlobal.Callable.REBUILD_FROM_TYPE,
                "a tensor rebuilt from a tensor");
        PyValue value = call(function, ((PyValue.Tuple) items.get(2)).items());
        require(isTensor(value), "a tensor that is none");
        return value;
    }

    // complex and quantised ones are opaque
    private static boolean isTensor(PyValue value) {
        return value instanceof PyValue.Tensor || value instanceof PyValue.Opaque;
    }

    /** Gives an object its state. */
    void build(PyValue object, PyValue state) {
        switch (object) {
            case PyValue.Opaque opaque -> {
                attributes(opaque, state);
                return;
            }
            case PyValue.Array array -> {
                numpy.fill(array, state);
                return;
            }
            case PyValue.ElementType type -> {
                numpy.complete(type, state);
                return;
            }
            default -> {
                // below
            }
        }
        if (!(state instanceof PyValue.Dict attributes)) {
            throw in.refuse("it gives an object a state that is not a dict");
        }
        switch (object) {
            case PyValue.Namespace namespace -> putAll(namespace.attributes(), attributes);
            case PyValue.Dict _, PyValue.PyList _ -> {
                // attributes of an OrderedDict: PyTorch notes versions of modules there
            }
            default -> throw in.refuse("it gives a state to something that has none");
        }
    }

    /** A dict, or a pair of two: of attributes and of slots. Any other state is left out. */
    private void attributes(PyValue.Opaque object, PyValue state) {
        switch (state) {
            case PyValue.Dict attributes -> putAll(object.content(), attributes);
            case PyValue.Tuple(List<PyValue> parts) when parts.size() == 2 ->
                    parts.forEach(
                            part -> {
                                if (part instanceof PyValue.Dict attributes) {
                                    putAll(object.content(), attributes);
                                }
                            });
            default -> {
                // known to the class alone
            }
        }
    }

    /**
     * A storage from its persistent id: {@code ('storage', type, key, location, elements[, view])}.
     * One of complex or quantised numbers is opaque, and so are the tensors in it.
     */
    PyValue storage(PyValue id) {
        if (id instanceof PyValue.Tuple(List<PyValue> described)
                && described.size() > 4
                && described.get(1) instanceof PyValue.Foreign(String type)) {
            return new PyValue.Opaque(type); // of elements that are not real numbers
        }
        if (!(id instanceof PyValue.Tuple(List<PyValue> items))
                || items.size() < 5
                || items.size() > 6
                || !items.getFirst().equals(new PyValue.Str("storage"))
                || !(items.get(1) instanceof PyValue.Global(TorchGlobal.StorageType(DType dtype)))
                || !(items.get(2) instanceof PyValue.Str(String key))
                || !(items.get(4) instanceof PyValue.Int(long elements))) {
            throw in.refuse("a storage is not described as PyTorch does");
        }
        require(
                elements >= 0 && elements <= Long.MAX_VALUE / 8,
                "a storage of " + elements + " elements");
        long first = 0;
        if (items.size() == 6 && items.get(5) != PyValue.None.NONE) {
            first = viewOffset(items.get(5), elements);
        }
        budget.spendKey(key);
        StorageName name = new StorageName(key, dtype, elements);
        storages.putIfAbsent(key, name);
        return new PyValue.Storage(name, first);
    }

    /** {@code (key, offset, elements)}: old files share a storage between views of it. */
    private long viewOffset(PyValue view, long elements) {
        List<PyValue> items = sequence(view);
        if (items.size() != 3
                || !(items.get(1) instanceof PyValue.Int(long offset))
                || !(items.get(2) instanceof PyValue.Int(long size))
                || offset < 0
                || size < 0
                || offset > elements
                || size > elements - offset) {
            throw in.refuse("a view lies outside its storage");
        }
        return offset;
    }

    private PyValue.Storage storageOf(PyValue value) {
        if (value instanceof PyValue.Storage storage) {
            return storage;
        }
        throw in.refuse("a tensor without storage");
    }

    private PyValue tensor(PyValue.Storage storage, DType dtype, List<PyValue> items) {
        if (!(items.get(1) instanceof PyValue.Int(long viewOffset)) || viewOffset < 0) {
            throw in.refuse("a tensor has no offset");
        }
        StorageName name = storage.name();
        long[] shape = sizes(items.get(2));
        long[] strides = sizes(items.get(3));
        long elements = name.bytes() / dtype.bytes();
        long offset = storage.first() + Math.min(viewOffset, Long.MAX_VALUE / 2);
        long needed;
        try {
            needed = Strides.extent(shape, strides, offset);
        } catch (IllegalArgumentException e) {
            throw in.refuse("a tensor cannot be: " + e.getMessage());
        }
        if (needed > elements) {
            throw in.refuse(
                    "a tensor reaches to element %s of a storage of %s"
                            .formatted(needed, elements));
        }
        return new PyValue.Tensor(new TensorView(name, dtype, offset, shape, strides));
    }

    private long[] sizes(PyValue value) {
        List<PyValue> items = sequence(value);
        require(
                items.size() <= MAX_DIMENSIONS,
                "a tensor of more than " + MAX_DIMENSIONS + " dimensions");
        return items.stream().mapToLong(this::size).toArray();
    }

    private long size(PyValue value) {
        if (value instanceof PyValue.Int(long size) && size >= 0) {
            return size;
        }
        throw in.refuse("a size or stride of a tensor is not a whole number from 0");
    }

    private List<PyValue> sequence(PyValue value) {
        return switch (value) {
            case PyValue.Tuple tuple -> tuple.items();
            case PyValue.PyList list -> list.items();
            default -> throw in.refuse("something else stands where a list is needed");
        };
    }

    /** The text of a string. */
    String string(PyValue value) {
        if (value instanceof PyValue.Str(String text)) {
            return text;
        }
        throw in.refuse("something else stands where a string is needed");
    }

    private void require(boolean fine, String what) {
        if (!fine) {
            throw in.refuse(what + " is not read");
        }
    }
}
