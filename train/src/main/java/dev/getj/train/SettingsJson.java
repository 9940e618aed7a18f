package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.GetjException;
import dev.getj.model.ModelConfig;

import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Records of settings as indented JSON, their components under snake_case keys; nothing may lack.
 */
public final class SettingsJson {
    private SettingsJson() {}

    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .addMixIn(ModelConfig.class, NetworkJson.MixIn.class)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
    }

    /** The JSON of a record. */
    public static String write(Record settings) {
        return write(mapper().build(), settings);
    }

    static String write(ObjectMapper mapper, Record settings) {
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(settings) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static <T extends Record> T parse(Class<T> type, String json, String source) {
        return parse(mapper().build(), type, json, source);
    }

    static <T extends Record> T parse(
            ObjectMapper mapper, Class<T> type, String json, String source) {
        try {
            T settings = mapper.readValue(json, type);
            if (settings == null) {
                throw new GetjException(source + " is damaged: it holds no configuration");
            }
            return settings;
        } catch (JsonProcessingException e) {
            throw new GetjException(source + " is damaged: " + what(e), e);
        }
    }

    /** What a record said of its values, else what the parser says, and of which key. */
    private static String what(JsonProcessingException problem) {
        if (problem.getCause() instanceof IllegalArgumentException refused
                && refused.getMessage() != null) {
            return refused.getMessage();
        }
        if (problem instanceof JsonMappingException misfit && !misfit.getPath().isEmpty()) {
            String key =
                    misfit.getPath().stream()
                            .map(JsonMappingException.Reference::getFieldName)
                            .filter(Objects::nonNull)
                            .collect(Collectors.joining("."));
            return key + ": " + problem.getOriginalMessage();
        }
        return problem.getOriginalMessage();
    }
}
