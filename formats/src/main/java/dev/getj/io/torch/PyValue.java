package dev.getj.io.torch;

import dev.getj.io.StridedTensor;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle describes. Containers may be shared, and may even hold themselves: code that walks
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
    record Real(double value) implements Key, Comparable<Real> {
        @Override
        public int compareTo(Real other) {
            return Double.compare(value, other.value);
        }
    }

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

    /** A list; also a set, a frozenset or a deque, in the order of the file. */
    final class PyList implements PyValue {
        private final List<PyValue> items = new ArrayList<>(0);

        public List<PyValue> items() {
            return items;
        }
    }

    /** A dict, an OrderedDict, a defaultdict or a Counter, in its order. */
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

    /** An {@code argparse.Namespace} or {@code types.SimpleNamespace}: named values. */
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

    /**
     * A {@code numpy.ndarray} of real numbers. An array of anything else (objects, text, complex
     * numbers, records) has no elements that could be read.
     */
    final class Array implements PyValue {
        private NumpyArray content;

        void fill(NumpyArray filled) {
            content = filled;
        }

        /** True if it holds floats, integers or booleans. */
        public boolean readable() {
            return content != null;
        }

        /**
         * Its elements.
         *
         * @param label what error messages call it: file and name
         * @throws IllegalStateException if it is not readable
         */
        public StridedTensor tensor(String label) {
            if (content == null) {
                throw new IllegalStateException(label + " holds no real numbers");
            }
            return content.tensor(label);
        }
    }

    /** A {@code numpy.dtype}, whose byte order comes after its name. */
    final class ElementType implements PyValue {
        private NumpyType type;

        ElementType(NumpyType type) {
            this.type = type;
        }

        NumpyType type() {
            return type;
        }

        void become(NumpyType other) {
            type = other;
        }
    }

    /** The name of a class or function that getj does not know; nothing was looked up. */
    record Foreign(String name) implements PyValue {}

    /**
     * An object of a class that getj does not know. It was not built: this is what the file says of
     * it.
     *
     * @param type name of its class
     * @param content what it holds under names: attributes, and items if it is a kind of dict
     * @param items what it holds in order if it is a kind of list
     */
    record Opaque(String type, Dict content, PyList items) implements PyValue {
        Opaque(String type) {
            this(type, new Dict(), new PyList());
        }
    }
}
