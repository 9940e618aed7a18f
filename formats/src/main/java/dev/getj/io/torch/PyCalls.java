package dev.getj.io.torch;

import dev.getj.io.DType;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the few known callables of a pickle stand for: PyTorch's {@code torch/_utils.py}, NumPy's
 * arrays and Python's own containers. Nothing is looked up or run; each is a case here. Objects of
 * unknown classes are noted, not built: see {@link ForeignName}.
 */
final class PyCalls {
    private final PickleBytes in;
    private final PickleBudget budget;
    private final PyArguments arguments;
    private final PyDicts dicts;
    private final TensorCalls tensors;
    private final NumpyCalls numpy;
    private final Set<String> foreign = new LinkedHashSet<>();

    PyCalls(PickleBytes in, PickleBudget budget) {
        this.in = in;
        this.budget = budget;
        this.arguments = new PyArguments(in);
        this.dicts = new PyDicts(arguments, budget);
        this.tensors = new TensorCalls(arguments, budget);
        this.numpy = new NumpyCalls(in);
    }

    /** Dicts and their items. */
    PyDicts dicts() {
        return dicts;
    }

    /** Storages and the tensors in them. */
    TensorCalls tensors() {
        return tensors;
    }

    /** The text of a string. */
    String string(PyValue value) {
        return arguments.string(value);
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
    PyValue call(PyValue callable, PyValue given) {
        return switch (callable) {
            case PyValue.Global(TorchGlobal.Callable function) ->
                    call(function, tuple(function.toString(), given));
            case PyValue.Foreign(String name) when ForeignName.isClass(name) -> {
                tuple(name, given);
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
    PyValue construct(PyValue type, PyValue given) {
        return type instanceof PyValue.Foreign(String name)
                ? new PyValue.Opaque(name)
                : call(type, given);
    }

    private List<PyValue> tuple(String function, PyValue given) {
        if (given instanceof PyValue.Tuple(List<PyValue> items)) {
            return items;
        }
        throw in.refuse("it calls " + function + " without a tuple of arguments");
    }

    private PyValue call(TorchGlobal.Callable function, List<PyValue> items) {
        return switch (function) {
            case ORDERED_DICT -> dicts.orderedDict(items);
            case NAMESPACE -> {
                arguments.require(items.isEmpty(), "argparse.Namespace with arguments");
                yield new PyValue.Namespace();
            }
            case SIZE -> {
                arguments.require(items.size() == 1, "torch.Size without one argument");
                yield new PyValue.Tuple(arguments.sequence(items.getFirst()));
            }
            case DEVICE -> {
                arguments.require(!items.isEmpty(), "torch.device without a name");
                yield new PyValue.Str(arguments.string(items.getFirst()));
            }
            case ENCODE -> encode(items);
            case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> {
                arguments.require(
                        items.size() >= 4, "a tensor without storage, offset, size and stride");
                if (items.getFirst() instanceof PyValue.Opaque unreadable) {
                    yield unreadable;
                }
                PyValue.Storage storage = tensors.storageOf(items.getFirst());
                arguments.require(
                        storage.name().dtype() != null,
                        "a tensor in an untyped storage, without element type");
                yield tensors.tensor(storage, storage.name().dtype(), items);
            }
            case REBUILD_TENSOR_V3 -> {
                arguments.require(
                        items.size() >= 7, "a tensor without storage, size, stride and type");
                if (items.get(6) instanceof PyValue.Foreign(String type)) {
                    yield new PyValue.Opaque(type);
                }
                if (!(items.get(6)
                        instanceof PyValue.Global(TorchGlobal.ElementType(DType dtype)))) {
                    throw in.refuse("a tensor without element type");
                }
                yield tensors.tensor(tensors.storageOf(items.getFirst()), dtype, items);
            }
            case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> {
                arguments.require(
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
                    List<PyValue> from = arguments.sequence(items.getFirst());
                    budget.spend(from.size());
                    list.items().addAll(from);
                }
                yield list;
            }
            case BYTES -> {
                arguments.require(items.isEmpty(), "bytes of something");
                yield new PyValue.Bytes(new byte[0]);
            }
            case DEFAULT_DICT -> new PyValue.Dict(); // of a factory; items are set later
            case COUNTER -> {
                PyValue.Dict dict = new PyValue.Dict();
                if (!items.isEmpty() && items.getFirst() instanceof PyValue.Dict counts) {
                    dicts.putAll(dict, counts);
                }
                yield dict;
            }
            case NEW_OBJECT -> {
                arguments.require(!items.isEmpty(), "an object without a class");
                yield construct(
                        items.getFirst(), new PyValue.Tuple(items.subList(1, items.size())));
            }
            case RECONSTRUCT -> {
                arguments.require(items.size() == 3, "an object without class, base and value");
                yield construct(items.getFirst(), new PyValue.Tuple(List.of()));
            }
        };
    }

    /** Bytes, which protocol 2 writes as text to be encoded. */
    private PyValue encode(List<PyValue> items) {
        arguments.require(
                items.size() == 2
                        && items.getFirst() instanceof PyValue.Str
                        && items.getLast().equals(new PyValue.Str("latin1")),
                "bytes that are not latin1 text");
        return new PyValue.Bytes(
                arguments.string(items.getFirst()).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** {@code (function, type, arguments, state)}: a tensor with Python attributes, left out. */
    private PyValue fromType(List<PyValue> items) {
        arguments.require(
                items.size() == 4
                        && items.get(0) instanceof PyValue.Global(TorchGlobal.Callable _)
                        && items.get(1) instanceof PyValue.Global(TorchGlobal.TensorType _)
                        && items.get(2) instanceof PyValue.Tuple,
                "a tensor of a type that is not torch.Tensor or Parameter");
        TorchGlobal.Callable function =
                (TorchGlobal.Callable) ((PyValue.Global) items.getFirst()).global();
        arguments.require(
                function != TorchGlobal.Callable.REBUILD_FROM_TYPE,
                "a tensor rebuilt from a tensor");
        PyValue value = call(function, ((PyValue.Tuple) items.get(2)).items());
        arguments.require(isTensor(value), "a tensor that is none");
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
                // what else it may be is asked below
            }
        }
        if (!(state instanceof PyValue.Dict attributes)) {
            throw in.refuse("it gives an object a state that is not a dict");
        }
        switch (object) {
            case PyValue.Namespace namespace -> dicts.putAll(namespace.attributes(), attributes);
            case PyValue.Dict _, PyValue.PyList _ -> {
                // attributes of an OrderedDict: PyTorch notes versions of modules there
            }
            default -> throw in.refuse("it gives a state to something that has none");
        }
    }

    /** A dict, or a pair of two: of attributes and of slots. Any other state is left out. */
    private void attributes(PyValue.Opaque object, PyValue state) {
        switch (state) {
            case PyValue.Dict attributes -> dicts.putAll(object.content(), attributes);
            case PyValue.Tuple(List<PyValue> parts) when parts.size() == 2 ->
                    parts.forEach(
                            part -> {
                                if (part instanceof PyValue.Dict attributes) {
                                    dicts.putAll(object.content(), attributes);
                                }
                            });
            default -> {
                // known to the class alone
            }
        }
    }
}
