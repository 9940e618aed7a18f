package dev.getj.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is sent back.
 *
 * @param headers beside the type and length of the body
 */
record Reply(int status, String type, byte[] body, Map<String, String> headers) {
    static final int OK = 200;
    static final String PNG = "image/png";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final String JSON = "application/json";

    static Reply of(String type, byte[] body) {
        return new Reply(OK, type, body, Map.of());
    }

    static Reply text(String type, String body) {
        return of(type, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Records and maps, in one line under snake_case keys. */
    static Reply json(int status, Object body) {
        try {
            byte[] text =
                    JsonMapper.builder()
                            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                            .build()
                            .writeValueAsBytes(body);
            return new Reply(status, JSON, text, Map.of());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Reply with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(more);
        return new Reply(status, type, body, all);
    }
}
