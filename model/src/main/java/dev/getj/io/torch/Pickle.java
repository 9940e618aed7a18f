package dev.getj.io.torch;

import dev.getj.io.GetjException;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An interpreter of the pickle operations that rebuild plain containers and tensors. It has no
 * recursion, no way to reach code, and a limit on the number of values; what it does not know it
 * refuses with its name and where it stands. Operations as in Python's {@code pickletools}.
 */
final class Pickle {
    /** Values of one pickle; the largest real checkpoints have some ten thousand. */
    private static final int MAX_VALUES = 1 << 21;

    private static final int LONGEST_INTEGER = 256;

    private final PickleBytes in;
    private final PyCalls calls;
    private final List<PyValue> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, PyValue> memo = new HashMap<>();
    private int values;

    private Pickle(PickleBytes in) {
        this.in = in;
        this.calls = new PyCalls(in);
    }

    /**
     * A pickle's value.
     *
     * @param end position after it
     * @param storages that its tensors lie in, by key
     */
    record Result(PyValue value, long end, Map<String, StorageName> storages) {}

    /**
     * Reads one pickle.
     *
     * @param label of file and pickle, for error messages
     * @throws GetjException naming what is not allowed, or damaged, and its position
     */
    static Result read(String label, MemorySegment bytes, long position) {
        PickleBytes in = new PickleBytes(label, bytes, position);
        Pickle pickle = new Pickle(in);
        while (true) {
            int operation = in.operation();
            if (operation == '.') {
                PyValue value = pickle.pop();
                return new Result(value, in.position(), pickle.calls.storages());
            }
            pickle.execute(operation);
        }
    }

    private void execute(int operation) {
        switch (operation) {
            case 0x80 -> requireProtocol(in.unsigned8());
            case 0x95 -> in.int64(); // FRAME: only tells how much to read ahead
            case '(' -> marks.push(stack.size());
            case '0' -> {
                if (!marks.isEmpty() && marks.peek() == stack.size()) {
                    marks.pop();
                } else {
                    pop();
                }
            }
            case '1' -> popMark();
            case '2' -> push(peek());

            case 'N' -> push(PyValue.None.NONE);
            case 0x88 -> push(PyValue.Bool.TRUE);
            case 0x89 -> push(PyValue.Bool.FALSE);
            case 'J' -> push(new PyValue.Int(in.int32()));
            case 'K' -> push(new PyValue.Int(in.unsigned8()));
            case 'M' -> push(new PyValue.Int(in.unsigned16()));
            case 'I' -> push(decimalOrBool(in.line()));
            case 'L' -> push(decimal(in.line().replaceFirst("L$", "")));
            case 0x8a -> push(integer(in.unsigned8()));
            case 0x8b -> push(integer(in.int32()));
            case 'G' -> push(new PyValue.Real(in.real()));
            case 'F' -> push(new PyValue.Real(real(in.line())));

            case 'X' -> push(new PyValue.Str(in.text(in.unsigned32())));
            case 0x8c -> push(new PyValue.Str(in.text(in.unsigned8())));
            case 0x8d -> push(new PyValue.Str(in.text(in.int64())));
            case 'U' -> push(new PyValue.Str(in.text(in.unsigned8())));
            case 'T' -> push(new PyValue.Str(in.text(in.int32())));
            case 'C' -> push(new PyValue.Bytes(in.bytes(in.unsigned8())));
            case 'B' -> push(new PyValue.Bytes(in.bytes(in.unsigned32())));
            case 0x8e -> push(new PyValue.Bytes(in.bytes(in.int64())));

            case ']' -> push(new PyValue.PyList());
            case 'l' -> {
                PyValue.PyList list = new PyValue.PyList();
                list.items().addAll(popMark());
                push(list);
            }
            case 'a' -> {
                PyValue item = pop();
                list(peek()).items().add(item);
            }
            case 'e' -> {
                List<PyValue> items = popMark();
                list(peek()).items().addAll(items);
            }
            case ')' -> push(new PyValue.Tuple(List.of()));
            case 't' -> push(new PyValue.Tuple(List.copyOf(popMark())));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case '}' -> push(new PyValue.Dict());
            case 'd' -> {
                List<PyValue> items = popMark();
                PyValue.Dict dict = new PyValue.Dict();
                fill(dict, items);
                push(dict);
            }
            case 's' -> {
                PyValue value = pop();
                PyValue key = pop();
                fill(dict(peek()), List.of(key, value));
            }
            case 'u' -> {
                List<PyValue> items = popMark();
                fill(dict(peek()), items);
            }

            case 'p' -> memo.put(index(in.line()), peek());
            case 'q' -> memo.put((long) in.unsigned8(), peek());
            case 'r' -> memo.put(in.unsigned32(), peek());
            case 0x94 -> memo.put((long) memo.size(), peek());
            case 'g' -> push(recall(index(in.line())));
            case 'h' -> push(recall(in.unsigned8()));
            case 'j' -> push(recall(in.unsigned32()));

            case 'c' -> {
                String module = in.line();
                push(calls.global(module, in.line()));
            }
            case 0x93 -> {
                PyValue name = pop();
                PyValue module = pop();
                push(calls.global(calls.string(module), calls.string(name)));
            }
            case 'R', 0x81 -> { // REDUCE, NEWOBJ
                PyValue arguments = pop();
                push(calls.call(pop(), arguments));
            }
            case 'b' -> {
                PyValue state = pop();
                calls.build(peek(), state);
            }
            case 'Q' -> push(calls.storage(pop()));
            default ->
                    throw in.refuse(
                            "the operation %s is not read: it is not needed for tensors"
                                    .formatted(OperationName.of(operation)));
        }
    }

    private void requireProtocol(int protocol) {
        if (protocol > 5) {
            throw in.refuse("pickle protocol " + protocol + " is not known; 0 to 5 are read");
        }
    }

    // ---- stack ---------------------------------------------------------------------------------

    private void push(PyValue value) {
        if (++values > MAX_VALUES) {
            throw in.refuse("it describes more than " + MAX_VALUES + " values");
        }
        stack.add(value);
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private PyValue pop() {
        if (stack.size() <= floor()) {
            throw in.refuse("it takes a value where none is");
        }
        return stack.removeLast();
    }

    private PyValue peek() {
        if (stack.size() <= floor()) {
            throw in.refuse("it takes a value where none is");
        }
        return stack.getLast();
    }

    private List<PyValue> popMark() {
        if (marks.isEmpty()) {
            throw in.refuse("it goes back to a mark that was not set");
        }
        List<PyValue> above = stack.subList(marks.pop(), stack.size());
        List<PyValue> items = new ArrayList<>(above);
        above.clear();
        return items;
    }

    private PyValue.Tuple tuple(int size) {
        List<PyValue> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.addFirst(pop());
        }
        return new PyValue.Tuple(List.copyOf(items));
    }

    private PyValue recall(long index) {
        PyValue value = memo.get(index);
        if (value == null) {
            throw in.refuse("it recalls value " + index + ", which was never kept");
        }
        return value;
    }

    // ---- containers and numbers ----------------------------------------------------------------

    private PyValue.PyList list(PyValue value) {
        if (value instanceof PyValue.PyList list) {
            return list;
        }
        throw in.refuse("it appends to something that is not a list");
    }

    private PyValue.Dict dict(PyValue value) {
        if (value instanceof PyValue.Dict dict) {
            return dict;
        }
        throw in.refuse("it sets an item of something that is not a dict");
    }

    private void fill(PyValue.Dict dict, List<PyValue> items) {
        if (items.size() % 2 != 0) {
            throw in.refuse("a key of a dict has no value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof PyValue.Key key)) {
                throw in.refuse("the key of a dict is neither a string nor an integer");
            }
            dict.items().put(key, items.get(i + 1));
        }
    }

    private PyValue decimalOrBool(String text) {
        return switch (text) {
            case "00" -> PyValue.Bool.FALSE;
            case "01" -> PyValue.Bool.TRUE;
            default -> decimal(text);
        };
    }

    private PyValue decimal(String text) {
        try {
            if (text.length() <= LONGEST_INTEGER) {
                return integer(new BigInteger(text));
            }
        } catch (NumberFormatException _) {
            // refused below
        }
        throw in.refuse("'" + abbreviate(text) + "' is not an integer");
    }

    private PyValue integer(int bytes) {
        if (bytes < 0 || bytes > LONGEST_INTEGER) {
            throw in.refuse("an integer of " + bytes + " bytes is not read");
        }
        if (bytes == 0) {
            return new PyValue.Int(0);
        }
        byte[] littleEndian = in.bytes(bytes);
        byte[] bigEndian = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            bigEndian[bytes - 1 - i] = littleEndian[i];
        }
        return integer(new BigInteger(bigEndian));
    }

    private static PyValue integer(BigInteger value) {
        return value.bitLength() < Long.SIZE
                ? new PyValue.Int(value.longValue())
                : new PyValue.BigInt(value);
    }

    private double real(String text) {
        try {
            return switch (text) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException _) {
            throw in.refuse("'" + abbreviate(text) + "' is not a number");
        }
    }

    private long index(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException _) {
            throw in.refuse("'" + abbreviate(text) + "' is not the number of a kept value");
        }
    }

    private static String abbreviate(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
