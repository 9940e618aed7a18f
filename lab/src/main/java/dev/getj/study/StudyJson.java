package dev.getj.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The study's records as files of JSON, their components under snake_case keys. */
final class StudyJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    /** Bytes; the report of a whole study has some hundred thousand. */
    private static final int LARGEST = 1 << 24;

    private StudyJson() {}

    static void write(Path file, Record content) {
        try {
            String text = MAPPER.writeValueAsString(content) + "\n";
            AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws GetjException if it cannot be read or is damaged
     */
    static <T extends Record> T read(Path file, Class<T> type) {
        try {
            T content = MAPPER.readValue(RegularFile.readText(file, LARGEST), type);
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
