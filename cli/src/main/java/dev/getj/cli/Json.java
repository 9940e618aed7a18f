package dev.getj.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Results as JSON: a record's components under snake_case keys, {@code lossFirst: loss_first}. */
final class Json {
    private Json() {}

    /** One object, without a line break at its end. */
    static String text(Object result) {
        JsonMapper mapper =
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build();
        try {
            return mapper.writeValueAsString(result);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the result as JSON", impossible);
        }
    }
}
