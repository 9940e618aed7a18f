package dev.getj.io.torch;

import dev.getj.io.DType;
import dev.getj.io.Strides;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the few allowed callables of a pickle stand for: PyTorch's {@code torch/_utils.py} and
 * Python's own containers. Nothing is looked up or run; each is a case here.
 */
final class PyCalls {
    /** PyTorch itself allows 64 dimensions. */
    private static final int MAX_DIMENSIONS = 64;

    private final PickleBytes in;
    private final Map<String, StorageName> storages = new HashMap<>();

    PyCalls(PickleBytes in) {
        this.in = in;
    }

    /** Every storage named so far, by key. */
    Map<String, StorageName> storages() {
        return storages;
    }

    /** The allowed global of this name. */
    PyValue global(String module, String name) {
        return new PyValue.Global(
                TorchGlobal.named(module, name)
                        .orElseThrow(
                                () ->
                                        in.refuse(
                                                "the global %s.%s is not allowed: only tensors and plain containers are read"
                                                        .formatted(module, name))));
    }

    /** The result of calling an allowed callable. */
    PyValue call(PyValue callable, PyValue arguments) {
        if (!(callable instanceof PyValue.Global(TorchGlobal.Callable function))) {
            throw in.refuse("it calls something that cannot be called");
        }
        if (!(arguments instanceof PyValue.Tuple(List<PyValue> items))) {
            throw in.refuse("it calls " + function + " without a tuple of arguments");
        }
        return call(function, items);
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
                PyValue.Storage storage = storageOf(items.getFirst());
                require(
                        storage.name().dtype() != null,
                        "a tensor in an untyped storage, without element type");
                yield tensor(storage, storage.name().dtype(), items);
            }
            case REBUILD_TENSOR_V3 -> {
                require(items.size() >= 7, "a tensor without storage, size, stride and type");
                if (!(items.get(6)
                        instanceof PyValue.Global(TorchGlobal.ElementType(DType dtype)))) {
                    throw in.refuse("a tensor without element type");
                }
                yield tensor(storageOf(items.getFirst()), dtype, items);
            }
            case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> {
                require(
                        !items.isEmpty() && items.getFirst() instanceof PyValue.Tensor,
                        "a parameter without a tensor");
                yield items.getFirst();
            }
            case REBUILD_FROM_TYPE -> fromType(items);
        };
    }

    /** {@code OrderedDict()}, or of a list of pairs as Python 2 wrote it. */
    private PyValue orderedDict(List<PyValue> items) {
        PyValue.Dict dict = new PyValue.Dict();
        require(items.size() <= 1, "OrderedDict with more than one argument");
        if (!items.isEmpty()) {
            for (PyValue item : sequence(items.getFirst())) {
                List<PyValue> pair = sequence(item);
                require(
                        pair.size() == 2 && pair.getFirst() instanceof PyValue.Key,
                        "OrderedDict of something else than pairs of key and value");
                dict.items().put((PyValue.Key) pair.getFirst(), pair.getLast());
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
        require(value instanceof PyValue.Tensor, "a tensor that is none");
        return value;
    }

    /** Gives an object its state. */
    void build(PyValue object, PyValue state) {
        if (!(state instanceof PyValue.Dict attributes)) {
            throw in.refuse("it gives an object a state that is not a dict");
        }
        switch (object) {
            case PyValue.Namespace namespace ->
                    namespace.attributes().items().putAll(attributes.items());
            case PyValue.Dict _ -> {
                // attributes of an OrderedDict: PyTorch notes versions of modules there
            }
            default -> throw in.refuse("it gives a state to something that has none");
        }
    }

    /**
     * A storage from its persistent id: {@code ('storage', type, key, location, elements[, view])}.
     */
    PyValue storage(PyValue id) {
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
                    "a tensor reaches to element %d of a storage of %d"
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
