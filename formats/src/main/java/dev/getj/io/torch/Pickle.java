package dev.getj.io.torch;

import dev.getj.io.GetjException;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An interpreter of the pickle operations that rebuild plain containers, arrays and tensors. It has
 * no recursion, no way to reach code, and one {@link PickleBudget} for all that it keeps and
 * copies; what it does not know it refuses with its name and where it stands. Operations as in
 * Python's {@code pickletools}.
 */
final class Pickle {
    private static final int LONGEST_INTEGER = 256;

    /** Longest text of Python 2 that is taken for text; what is longer are bytes. */
    private static final int LONGEST_OLD_TEXT = 1 << 16;

    private final PickleBytes in;
    private final PickleBudget budget;
    private final PyCalls calls;
    private final List<PyValue> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, PyValue> memo = new HashMap<>();

    private Pickle(PickleBytes in) {
        this.in = in;
        this.budget = new PickleBudget(in);
        this.calls = new PyCalls(in, budget);
    }

    /**
     * A pickle's value.
     *
     * @param end position after it
     * @param storages that its tensors lie in, by key
     * @param foreign names of classes and functions in it that getj does not know
     */
    record Result(
            PyValue value, long end, Map<String, StorageName> storages, Set<String> foreign) {}

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
                return new Result(
                        value,
                        in.position(),
                        pickle.calls.tensors().storages(),
                        pickle.calls.foreign());
            }
            pickle.execute(operation);
        }
    }

    private void execute(int operation) {
        switch (operation) {
            case 0x80 -> requireProtocol(in.unsigned8());
            case 0x95 -> in.int64(); // FRAME: only tells how much to read ahead
            case '(' -> {
                budget.spend(1);
                marks.push(stack.size());
            }
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
            case 'U' -> push(oldText(in.unsigned8()));
            case 'T' -> push(oldText(in.int32()));
            case 'C' -> push(new PyValue.Bytes(in.bytes(in.unsigned8())));
            case 'B' -> push(new PyValue.Bytes(in.bytes(in.unsigned32())));
            case 0x8e, 0x96 -> push(new PyValue.Bytes(in.bytes(in.int64()))); // bytes, bytearray

            case ']', 0x8f -> push(new PyValue.PyList()); // list, set
            case 'l', 0x91 -> { // list, frozenset
                PyValue.PyList list = new PyValue.PyList();
                list.items().addAll(popMark());
                push(list);
            }
            case 'a' -> {
                PyValue item = pop();
                list(peek()).items().add(item);
            }
            case 'e', 0x90 -> { // to a list, to a set
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

            case 'p' -> memoize(index(in.line()));
            case 'q' -> memoize(in.unsigned8());
            case 'r' -> memoize(in.unsigned32());
            case 0x94 -> memoize(memo.size());
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
            case 'R' -> {
                PyValue arguments = pop();
                push(calls.call(pop(), arguments));
            }
            case 0x81 -> {
                PyValue arguments = pop();
                push(calls.construct(pop(), arguments));
            }
            case 0x92 -> { // the class, its arguments, those with names
                pop();
                PyValue arguments = pop();
                push(calls.construct(pop(), arguments));
            }
            case 'b' -> {
                PyValue state = pop();
                calls.build(peek(), state);
            }
            case 'Q' -> push(calls.tensors().storage(pop()));
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
        budget.spend(1);
        stack.add(value);
    }

    private void memoize(long index) {
        budget.spend(1);
        memo.put(index, peek());
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
        return switch (value) {
            case PyValue.PyList list -> list;
            case PyValue.Opaque object -> object.items();
            default -> throw in.refuse("it appends to something that is not a list");
        };
    }

    private PyValue.Dict dict(PyValue value) {
        return switch (value) {
            case PyValue.Dict dict -> dict;
            case PyValue.Opaque object -> object.content();
            default -> throw in.refuse("it sets an item of something that is not a dict");
        };
    }

    private void fill(PyValue.Dict dict, List<PyValue> items) {
        if (items.size() % 2 != 0) {
            throw in.refuse("a key of a dict has no value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            calls.dicts().put(dict, items.get(i), items.get(i + 1));
        }
    }

    /** A string of Python 2, which may be text or bytes: text if it is short and valid UTF-8. */
    private PyValue oldText(int count) {
        byte[] bytes = in.bytes(count);
        if (count <= LONGEST_OLD_TEXT) {
            try {
                return new PyValue.Str(
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            } catch (CharacterCodingException _) {
                // not text: kept as bytes below
            }
        }
        return new PyValue.Bytes(bytes);
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
