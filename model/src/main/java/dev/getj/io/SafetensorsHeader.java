package dev.getj.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, checked against the size of the data that follows it:
 * every tensor inside the data, as long as its shape says, none overlapping, nothing left over.
 *
 * @param tensors in the order of their data
 */
record SafetensorsHeader(Map<String, SafetensorsFile.Entry> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** What is wrong with a file, without the file's name. */
    static final class Damage extends Exception {
        private static final long serialVersionUID = 1;

        Damage(String message) {
            super(message);
        }
    }

    static SafetensorsHeader parse(byte[] json, long dataBytes) throws Damage {
        if (json[0] != '{') {
            throw new Damage("the header does not begin with '{'");
        }
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Damage("the header is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Damage("the header is not valid JSON: " + e.getMessage());
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<SafetensorsFile.Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                readMetadata(field.getValue(), metadata);
            } else {
                entries.add(readEntry(field.getKey(), field.getValue()));
            }
        }
        return new SafetensorsHeader(
                inOrder(entries, dataBytes), Collections.unmodifiableMap(metadata));
    }

    private static void readMetadata(JsonNode node, Map<String, String> metadata) throws Damage {
        if (!node.isObject()) {
            throw new Damage(METADATA + " is not an object");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw new Damage("metadata entry '" + field.getKey() + "' is not a string");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private static SafetensorsFile.Entry readEntry(String name, JsonNode node) throws Damage {
        if (!node.isObject()) {
            throw new Damage("tensor '" + name + "' is not described by an object");
        }
        JsonNode typeName = node.path("dtype");
        if (!typeName.isTextual()) {
            throw new Damage("tensor '" + name + "' has no dtype");
        }
        DType type =
                DType.named(typeName.textValue())
                        .orElseThrow(
                                () ->
                                        new Damage(
                                                "tensor '"
                                                        + name
                                                        + "' has the unknown dtype '"
                                                        + typeName.textValue()
                                                        + "'"));
        long[] shape = readSizes(name, "shape", node.path("shape"));
        long[] offsets = readSizes(name, "data_offsets", node.path("data_offsets"));
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
                    "tensor '%s' needs %d bytes for %s %s, but its data_offsets hold %d"
                            .formatted(
                                    name, bytes, type, entry.shapeText(), offsets[1] - offsets[0]));
        }
        return entry;
    }

    private static long[] readSizes(String name, String key, JsonNode node) throws Damage {
        if (!node.isArray()) {
            throw new Damage("tensor '" + name + "' has no " + key);
        }
        long[] sizes = new long[node.size()];
        for (int i = 0; i < sizes.length; i++) {
            JsonNode size = node.get(i);
            if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
                throw new Damage(
                        "tensor '" + name + "' has a " + key + " with '" + size + "' in it");
            }
            sizes[i] = size.longValue();
        }
        return sizes;
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
                        "tensor '%s' ends at byte %d of the data, but only %d are there; the file is truncated"
                                .formatted(
                                        entry.name(), entry.offset() + entry.bytes(), dataBytes));
            }
            if (entry.offset() != end) {
                throw new Damage(
                        "tensor '%s' begins at byte %d of the data, %s"
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
