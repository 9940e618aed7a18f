package dev.getj.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.AtomicFile;
import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.train.SettingsJson;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The study's records as files of JSON, their components under snake_case keys. */
final class StudyJson {
    private static final JsonMapper MAPPER =
            SettingsJson.mapper()
                    .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    /** Bytes; the report of a whole study has some hundred thousand. */
    private static final int LARGEST = 1 << 24;

    private StudyJson() {}

    /** Writes a record, with the version of the format. */
    static void write(Path file, Record content) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put(FileFormat.VERSION, FileFormat.STUDY.version());
        root.setAll(MAPPER.<ObjectNode>valueToTree(content));
        byte[] text = (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, text);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws GetjException if it cannot be read or is damaged
     */
    static <T extends Record> T read(Path file, Class<T> type) {
        try {
            JsonNode root = MAPPER.readTree(RegularFile.readText(file, LARGEST));
            if (root instanceof ObjectNode object) {
                Optional<JsonNode> version = Optional.ofNullable(object.remove(FileFormat.VERSION));
                FileFormat.STUDY.require(file, version.map(JsonNode::toString));
                SettingsJson.complete(object);
            }
            T content = MAPPER.treeToValue(root, type);
            if (content == null) {
                throw new GetjException(file + " is damaged: it holds nothing; delete it");
            }
            return content;
        } catch (JsonProcessingException e) {
            throw new GetjException(
                    "%s is damaged: %s; delete it".formatted(file, e.getOriginalMessage()), e);
        }
    }
}
