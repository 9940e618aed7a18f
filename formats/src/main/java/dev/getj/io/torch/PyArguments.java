package dev.getj.io.torch;

import java.util.List;

/** What the arguments of a call have to be; anything else ends the reading. */
record PyArguments(PickleBytes in) {
    /** The items of a tuple or list. */
    List<PyValue> sequence(PyValue value) {
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

    /** Refuses {@code what} unless it is fine. */
    void require(boolean fine, String what) {
        if (!fine) {
            throw in.refuse(what + " is not read");
        }
    }
}
