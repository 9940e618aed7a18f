package dev.getj.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.util.HexFormat;

/** Results as JSON: a record's components under snake_case keys, {@code lossFirst: loss_first}. */
final class Json {
    private Json() {}

    /** One object, without a line break at its end. */
    static String text(Object result) {
        try {
            return withoutControls(mapper().writeValueAsString(result));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the result as JSON", impossible);
        }
    }

    /**
     * Jackson escapes C0 alone; DEL and C1, which a terminal may obey as well, stand in strings
     * only.
     */
    private static String withoutControls(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c >= '\u007f' && c <= '\u009f') {
                out.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    static JsonNode parse(String json) throws JsonProcessingException {
        return mapper().readTree(json);
    }

    /**
     * A record with all of its components.
     *
     * @throws JsonProcessingException if one is missing or does not fit
     */
    static <T> T read(JsonNode json, Class<T> type) throws JsonProcessingException {
        return mapper().treeToValue(json, type);
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .build();
    }
}
