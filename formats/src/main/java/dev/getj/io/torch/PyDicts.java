package dev.getj.io.torch;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How dicts are filled: whose keys are kept, and what they count against the budget. */
final class PyDicts {
    private final PyArguments arguments;
    private final PickleBudget budget;

    PyDicts(PyArguments arguments, PickleBudget budget) {
        this.arguments = arguments;
        this.budget = budget;
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
                    throw arguments
                            .in()
                            .refuse("the key of a dict is neither a string nor a number");
        }
    }

    private void putKnown(PyValue.Dict dict, PyValue.Key key, PyValue value) {
        budget.spendKey(key instanceof PyValue.Str(String text) ? text : "");
        dict.items().put(key, value);
    }

    /** Sets all items of another dict. */
    void putAll(PyValue.Dict dict, PyValue.Dict from) {
        if (from != dict) {
            from.items().forEach((key, value) -> putKnown(dict, key, value));
        }
    }

    /** {@code OrderedDict()}, or of a list of pairs as Python 2 wrote it. */
    PyValue orderedDict(List<PyValue> items) {
        PyValue.Dict dict = new PyValue.Dict();
        arguments.require(items.size() <= 1, "OrderedDict with more than one argument");
        if (!items.isEmpty()) {
            for (PyValue item : arguments.sequence(items.getFirst())) {
                budget.spend(1);
                List<PyValue> pair = arguments.sequence(item);
                arguments.require(
                        pair.size() == 2,
                        "OrderedDict of something else than pairs of key and value");
                put(dict, pair.getFirst(), pair.getLast());
            }
        }
        return dict;
    }
}
