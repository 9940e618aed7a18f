package dev.getj.io.torch;

import dev.getj.io.DType;
import dev.getj.io.Strides;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Storages and the tensors that are views of them, as {@code torch/_utils.py} rebuilds them; each
 * view is checked against its storage.
 */
final class TensorCalls {
    /** PyTorch itself allows 64 dimensions. */
    private static final int MAX_DIMENSIONS = 64;

    private final PyArguments arguments;
    private final PickleBudget budget;
    private final Map<String, StorageName> storages = new HashMap<>();

    TensorCalls(PyArguments arguments, PickleBudget budget) {
        this.arguments = arguments;
        this.budget = budget;
    }

    /** Every storage named so far, by key. */
    Map<String, StorageName> storages() {
        return storages;
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
            throw arguments.in().refuse("a storage is not described as PyTorch does");
        }
        arguments.require(
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
        List<PyValue> items = arguments.sequence(view);
        if (items.size() != 3
                || !(items.get(1) instanceof PyValue.Int(long offset))
                || !(items.get(2) instanceof PyValue.Int(long size))
                || offset < 0
                || size < 0
                || offset > elements
                || size > elements - offset) {
            throw arguments.in().refuse("a view lies outside its storage");
        }
        return offset;
    }

    /** The storage that an argument has to be. */
    PyValue.Storage storageOf(PyValue value) {
        if (value instanceof PyValue.Storage storage) {
            return storage;
        }
        throw arguments.in().refuse("a tensor without storage");
    }

    /** {@code (storage, offset, size, stride, …)} as elements of a type. */
    PyValue tensor(PyValue.Storage storage, DType dtype, List<PyValue> items) {
        if (!(items.get(1) instanceof PyValue.Int(long viewOffset)) || viewOffset < 0) {
            throw arguments.in().refuse("a tensor has no offset");
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
            throw arguments.in().refuse("a tensor cannot be: " + e.getMessage());
        }
        if (needed > elements) {
            throw arguments
                    .in()
                    .refuse(
                            "a tensor reaches to element %s of a storage of %s"
                                    .formatted(needed, elements));
        }
        return new PyValue.Tensor(new TensorView(name, dtype, offset, shape, strides));
    }

    private long[] sizes(PyValue value) {
        List<PyValue> items = arguments.sequence(value);
        arguments.require(
                items.size() <= MAX_DIMENSIONS,
                "a tensor of more than " + MAX_DIMENSIONS + " dimensions");
        return items.stream().mapToLong(this::size).toArray();
    }

    private long size(PyValue value) {
        if (value instanceof PyValue.Int(long size) && size >= 0) {
            return size;
        }
        throw arguments.in().refuse("a size or stride of a tensor is not a whole number from 0");
    }
}
