package dev.getj.io.torch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle describes. Containers may be shared, and may even hold themselves: whoever walks
 * over them has to count its steps.
 */
public sealed interface PyValue {

    /** What may be the key of a dict. Comparable, so that keys made to collide stay cheap. */
    sealed interface Key extends PyValue {}

    /** {@code None}. */
    enum None implements Key {
        NONE
    }

    /** {@code True} or {@code False}. */
    enum Bool implements Key {
        FALSE,
        TRUE;

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    /** An integer that fits 64 bits. */
    record Int(long value) implements Key, Comparable<Int> {
        @Override
        public int compareTo(Int other) {
            return Long.compare(value, other.value);
        }
    }

    /** An integer that does not. */
    record BigInt(BigInteger value) implements PyValue {}

    /** A float, which Python keeps in double. */
    record Real(double value) implements PyValue {}

    /** A string. */
    record Str(String value) implements Key, Comparable<Str> {
        @Override
        public int compareTo(Str other) {
            return value.compareTo(other.value);
        }
    }

    /** Bytes. */
    record Bytes(byte[] value) implements PyValue {}

    /** A tuple; {@code torch.Size} is one, too. */
    record Tuple(List<PyValue> items) implements PyValue {}

    /** A list. */
    final class PyList implements PyValue {
        private final List<PyValue> items = new ArrayList<>(0);

        public List<PyValue> items() {
            return items;
        }
    }

    /** A dict or an OrderedDict, in its order. */
    final class Dict implements PyValue {
        private final Map<Key, PyValue> items = new LinkedHashMap<>(4);

        public Map<Key, PyValue> items() {
            return items;
        }

        /** The value under a string, or null. */
        public PyValue get(String key) {
            return items.get(new Str(key));
        }
    }

    /** An {@code argparse.Namespace}: named values. */
    final class Namespace implements PyValue {
        private final Dict attributes = new Dict();

        public Dict attributes() {
            return attributes;
        }
    }

    /** A name of the allow-list, before it is called. */
    record Global(TorchGlobal global) implements PyValue {}

    /** A storage, named and sized, its bytes somewhere in the file. */
    record Storage(StorageName name, long first) implements PyValue {}

    /** A tensor or parameter. */
    record Tensor(TensorView view) implements PyValue {}
}
