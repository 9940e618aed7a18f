package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON header of a safetensors file, checked against the size of the data that follows it:
 * every tensor inside the data, as long as its shape says, none overlapping, nothing left over.
 *
 * @param tensors in the order of their data
 */
record SafetensorsHeader(Map<String, SafetensorsFile.Entry> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /** More than any checkpoint has; the table of entries must not fill the heap. */
    private static final int MAX_TENSORS = 1 << 18;

    private static final int MAX_METADATA = 1 << 16;
    private static final int MAX_DIMENSIONS = 64;

    /** Read as it comes, not as a tree: its limits are 1,000 levels and texts of 20 MB. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** What is wrong with a file, without the file's name. */
    static final class Damage extends Exception {
        private static final long serialVersionUID = 1;

        Damage(String message) {
            super(message);
        }
    }

    static SafetensorsHeader parse(MemorySegment json, long dataBytes) throws Damage {
        if (json.get(JAVA_BYTE, 0) != '{') {
            throw new Damage("the header does not begin with '{'");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<SafetensorsFile.Entry> entries = new ArrayList<>();
        try (JsonParser parser =
                JSON.createParser(new ByteBufferBackedInputStream(json.asByteBuffer()))) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals(METADATA)) {
                    readMetadata(parser, metadata);
                    continue;
                }
                if (entries.size() == MAX_TENSORS) {
                    throw new Damage("it holds more than " + MAX_TENSORS + " tensors");
                }
                entries.add(readEntry(name, parser));
            }
            if (parser.nextToken() != null) {
                throw new Damage("the header is not valid JSON: text follows its object");
            }
        } catch (JsonProcessingException e) {
            throw new Damage("the header is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Damage("the header is not valid JSON: " + e.getMessage());
        }
        return new SafetensorsHeader(
                inOrder(entries, dataBytes), Collections.unmodifiableMap(metadata));
    }

    private static void readMetadata(JsonParser parser, Map<String, String> metadata)
            throws Damage, IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Damage(METADATA + " is not an object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new Damage("metadata entry '" + key + "' is not a string");
            }
            if (metadata.size() == MAX_METADATA) {
                throw new Damage("it holds more than " + MAX_METADATA + " entries of metadata");
            }
            metadata.put(key, parser.getText());
        }
    }

    private static SafetensorsFile.Entry readEntry(String name, JsonParser parser)
            throws Damage, IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Damage("tensor '" + name + "' is not described by an object");
        }
        String typeName = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (key) {
                case "dtype" ->
                        typeName = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "shape" -> shape = readSizes(name, key, parser);
                case "data_offsets" -> offsets = readSizes(name, key, parser);
                default -> parser.skipChildren();
            }
        }
        if (typeName == null) {
            throw new Damage("tensor '" + name + "' has no dtype");
        }
        Optional<DType> type = DType.named(typeName);
        if (type.isEmpty()) {
            throw new Damage(
                    "tensor '%s' has the unknown dtype '%s'; save it as F32, F16 or BF16"
                            .formatted(name, typeName));
        }
        if (shape == null) {
            throw new Damage("tensor '" + name + "' has no shape");
        }
        if (offsets == null) {
            throw new Damage("tensor '" + name + "' has no data_offsets");
        }
        return entry(name, type.get(), shape, offsets);
    }

    private static SafetensorsFile.Entry entry(
            String name, DType type, long[] shape, long[] offsets) throws Damage {
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw new Damage(
                    "tensor '" + name + "' has data_offsets that are not a [begin, end] pair");
        }
        long bytes;
        try {
            bytes = type.bytes();
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException _) {
            throw new Damage("tensor '" + name + "' has a shape whose size overflows");
        }
        SafetensorsFile.Entry entry = new SafetensorsFile.Entry(name, type, shape, offsets[0]);
        if (offsets[1] - offsets[0] != bytes) {
            throw new Damage(
                    "tensor '%s' needs %s bytes for %s %s, but its data_offsets hold %s"
                            .formatted(
                                    name, bytes, type, entry.shapeText(), offsets[1] - offsets[0]));
        }
        return entry;
    }

    private static long[] readSizes(String name, String key, JsonParser parser)
            throws Damage, IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new Damage("tensor '" + name + "' has no " + key);
        }
        long[] sizes = new long[MAX_DIMENSIONS];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count == MAX_DIMENSIONS) {
                throw new Damage(
                        "tensor '%s' has a %s of more than %s numbers"
                                .formatted(name, key, MAX_DIMENSIONS));
            }
            sizes[count++] = readSize(name, key, parser);
        }
        return Arrays.copyOf(sizes, count);
    }

    private static long readSize(String name, String key, JsonParser parser)
            throws Damage, IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && parser.getLongValue() >= 0) {
            return parser.getLongValue();
        }
        String text = parser.getText();
        throw new Damage(
                "tensor '%s' has a %s with '%s' in it"
                        .formatted(
                                name,
                                key,
                                text.length() > 40 ? text.substring(0, 40) + "…" : text));
    }

    private static Map<String, SafetensorsFile.Entry> inOrder(
            List<SafetensorsFile.Entry> entries, long dataBytes) throws Damage {
        entries.sort(
                Comparator.comparingLong(SafetensorsFile.Entry::offset)
                        .thenComparingLong(SafetensorsFile.Entry::bytes));
        Map<String, SafetensorsFile.Entry> ordered = new LinkedHashMap<>();
        long end = 0;
        for (SafetensorsFile.Entry entry : entries) {
            if (entry.bytes() > dataBytes - entry.offset()) {
                throw new Damage(
                        "tensor '%s' ends at byte %s of the data, but only %s are there; the file is truncated"
                                .formatted(
                                        entry.name(), entry.offset() + entry.bytes(), dataBytes));
            }
            if (entry.offset() != end) {
                throw new Damage(
                        "tensor '%s' begins at byte %s of the data, %s"
                                .formatted(
                                        entry.name(),
                                        entry.offset(),
                                        entry.offset() < end
                                                ? "inside another tensor"
                                                : "after a gap that begins at " + end));
            }
            end = entry.offset() + entry.bytes();
            ordered.put(entry.name(), entry);
        }
        if (end != dataBytes) {
            throw new Damage((dataBytes - end) + " bytes follow the last tensor");
        }
        return Collections.unmodifiableMap(ordered);
    }
}
