package dev.getj.onnx;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.ProtoMessage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A graph in the making: inputs, constants, operations in the order in which they run, outputs.
 * Values are known by their names. Field numbers are those of {@code onnx.proto}, operations those
 * of operator set 17, which ONNX Runtime knows from version 1.12 on.
 */
public final class OnnxGraph {
    /** Operator set that the operations are taken from. */
    public static final int OPERATOR_SET = 17;

    /** A dimension of an input or output that is told when the graph is run: the batch. */
    public static final int BATCH = -1;

    private static final int IR_VERSION = 8;
    private static final String BATCH_NAME = "batch";

    private static final long LARGEST_FILE = Integer.MAX_VALUE;

    /** Types of elements, by their number in {@code TensorProto.DataType}. */
    public enum Type {
        FLOAT(1),
        UINT8(2),
        INT64(7),
        DOUBLE(11);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private final ProtoMessage graph = new ProtoMessage();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, String> constants = new HashMap<>();
    private int values;

    /**
     * @param name of the graph
     */
    public OnnxGraph(String name) {
        graph.text(2, name);
    }

    /** Attaches free text under a key. */
    public OnnxGraph metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Declares an input.
     *
     * @param shape its dimensions, {@link #BATCH} for one that may vary
     * @return {@code name}
     */
    public String input(String name, Type type, int... shape) {
        graph.message(11, valueInfo(name, type, shape));
        return name;
    }

    /** Declares that the value {@code name} is an output; see {@link #input}. */
    public void output(String name, Type type, int... shape) {
        graph.message(12, valueInfo(name, type, shape));
    }

    private static ProtoMessage valueInfo(String name, Type type, int... shape) {
        ProtoMessage dimensions = new ProtoMessage();
        for (int dimension : shape) {
            ProtoMessage one = new ProtoMessage();
            dimensions.message(
                    1, dimension == BATCH ? one.text(2, BATCH_NAME) : one.integer(1, dimension));
        }
        ProtoMessage tensor = new ProtoMessage().integer(1, type.number).message(2, dimensions);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }

    /**
     * Adds a float tensor.
     *
     * @param values asked for while the file is written, row-major
     * @return {@code name}
     */
    public String tensor(String name, Supplier<float[]> values, int... shape) {
        ProtoMessage tensor = new ProtoMessage();
        long count = 1;
        for (int dimension : shape) {
            tensor.integer(1, dimension);
            count *= dimension;
        }
        tensor.integer(2, Type.FLOAT.number).text(8, name);
        graph.message(5, tensor.floats(9, count, values));
        return name;
    }

    /** A float constant without dimensions. */
    public String scalar(float value) {
        return constants.computeIfAbsent(
                "scalar_" + value, name -> tensor(name, () -> new float[] {value}));
    }

    /** A constant list of whole numbers, such as a shape. */
    public String integers(long... list) {
        return constants.computeIfAbsent(
                "integers_" + Arrays.toString(list),
                name -> {
                    ByteBuffer bytes =
                            ByteBuffer.allocate(list.length * Long.BYTES)
                                    .order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asLongBuffer().put(list);
                    graph.message(
                            5,
                            new ProtoMessage()
                                    .integer(1, list.length)
                                    .integer(2, Type.INT64.number)
                                    .text(8, name)
                                    .bytes(9, bytes.array()));
                    return name;
                });
    }

    /** Adds an operation without attributes that gives one value; returns that value's name. */
    public String node(String operator, String... inputs) {
        return node(operator, Map.of(), inputs);
    }

    /**
     * Adds an operation that gives one value.
     *
     * @param attributes by name; each a Long, a Float or a {@code long[]}
     * @return the value's name
     */
    public String node(String operator, Map<String, Object> attributes, String... inputs) {
        return nodes(operator, 1, attributes, inputs).getFirst();
    }

    /** As {@link #node(String, Map, String...)}, with {@code count} values. */
    public List<String> nodes(
            String operator, int count, Map<String, Object> attributes, String... inputs) {
        String[] outputs = new String[count];
        for (int i = 0; i < count; i++) {
            outputs[i] = operator + "_" + values++;
        }
        add(operator, attributes, List.of(inputs), List.of(outputs));
        return List.of(outputs);
    }

    /** Gives a value the name under which it is declared an output. */
    public String rename(String value, String name) {
        add("Identity", Map.of(), List.of(value), List.of(name));
        return name;
    }

    private void add(
            String operator,
            Map<String, Object> attributes,
            List<String> inputs,
            List<String> outputs) {
        ProtoMessage node = new ProtoMessage();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        node.text(3, outputs.getFirst()).text(4, operator);
        attributes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> node.message(5, attribute(entry.getKey(), entry.getValue())));
        graph.message(1, node);
    }

    private static ProtoMessage attribute(String name, Object value) {
        ProtoMessage attribute = new ProtoMessage().text(1, name);
        switch (value) {
            case Float real -> attribute.real(2, real).integer(20, 1);
            case Long integer -> attribute.integer(3, integer).integer(20, 2);
            case long[] integers -> {
                for (long integer : integers) {
                    attribute.integer(8, integer);
                }
                attribute.integer(20, 7);
            }
            default ->
                    throw new IllegalArgumentException(
                            "attribute " + name + " is a " + value.getClass().getSimpleName());
        }
        return attribute;
    }

    /**
     * Refuses a model that is too large for {@code file}.
     *
     * @throws GetjException if it would exceed 2 GB, the most that a message of Protocol Buffers
     *     may have
     */
    void requireFits(Path file) {
        requireFits(file, model());
    }

    private static void requireFits(Path file, ProtoMessage model) {
        if (model.size() > LARGEST_FILE) {
            throw new GetjException(
                    String.format(
                            Locale.ROOT,
                            "%s would take %.1f GB, and an ONNX file holds 2.1 GB at most",
                            file,
                            model.size() * 1e-9));
        }
    }

    /**
     * Writes the graph as a model file, completely or not at all.
     *
     * @return bytes of the file
     * @throws GetjException if it would exceed 2 GB, or cannot be written
     */
    public long write(Path file) {
        ProtoMessage model = model();
        requireFits(file, model);
        AtomicFile.write(file, model::writeTo);
        return model.size();
    }

    private ProtoMessage model() {
        ProtoMessage model =
                new ProtoMessage()
                        .integer(1, IR_VERSION)
                        .text(2, "getj")
                        .message(7, graph)
                        .message(8, new ProtoMessage().text(1, "").integer(2, OPERATOR_SET));
        metadata.forEach(
                (key, value) -> model.message(14, new ProtoMessage().text(1, key).text(2, value)));
        return model;
    }
}
