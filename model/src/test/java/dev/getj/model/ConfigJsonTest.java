package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class ConfigJsonTest {
    private static final String SMALL =
            """
            {"input_size": 8, "in_channels": 1, "patch_size": 2, "hidden_size": 8, "num_heads": 2, "depth": 1\
            """;

    static Stream<ModelConfig> configs() {
        return Stream.of(
                TinyNetworks.conditional(),
                TinyNetworks.unconditional(),
                TinyNetworks.vit(),
                Presets.byName("GET-B/2"));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void whatIsWrittenIsRead(ModelConfig config) {
        assertEquals(config, ConfigJson.read(ConfigJson.write(config), "here"));
    }

    @Test
    void theReferencesJsonIsUnderstood() {
        ModelConfig vit =
                ConfigJson.read(SMALL + ", \"cond\": false, \"num_classes\": 10}", "here");
        assertEquals(
                new ModelConfig(
                        "custom",
                        new ModelConfig.Images(8, 1, 0),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(1, 4),
                        new ModelConfig.Vit()),
                vit);
        ModelConfig get =
                ConfigJson.read(
                        SMALL
                                + ", \"deq_depth\": 3, \"deq_mlp_ratio\": 6, \"cond\": true,"
                                + " \"num_classes\": 10, \"other\": []}",
                        "here");
        assertEquals(
                new ModelConfig(
                        "custom",
                        new ModelConfig.Images(8, 1, 10),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(1, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 6))),
                get);
    }

    @Test
    void onlyANormalisedStateIsToldOf() {
        ModelConfig post = TinyNetworks.postNorm();
        String json = ConfigJson.write(post);
        assertTrue(json.contains("\"deq_norm\":\"post\""), json);
        assertEquals(post, ConfigJson.read(json, "here"));
        assertFalse(ConfigJson.write(TinyNetworks.conditional()).contains("norm"));
        assertEquals(
                "here: the model configuration says neither pre nor post for 'deq_norm'",
                assertThrows(
                                GetjException.class,
                                () -> ConfigJson.read(json.replace("post", "batch"), "here"))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {                                   | w: the model configuration is not JSON
                    ``                                  | w: the model configuration is not a JSON object
                    null                                | w: the model configuration is not a JSON object
                    [1]                                 | w: the model configuration is not a JSON object
                    {} {}                               | w: the model configuration is not JSON
                    {"depth": 1, "depth": 2}            | w: the model configuration is not JSON
                    {}                                  | w: the model configuration has no whole number 'input_size'
                    SMALL, "input_size": 8}             | w: the model configuration is not JSON
                    SMALL, "deq_depth": "three"}        | w: the model configuration has no whole number 'deq_depth'
                    SMALL, "deq_depth": 1.5}            | w: the model configuration has no whole number 'deq_depth'
                    SMALL, "deq_depth": 3000000000}     | w: the model configuration has no whole number 'deq_depth'
                    SMALL, "cond": true}                | w: the model configuration has no whole number 'num_classes'
                    SMALL, "mlp_ratio": "wide"}         | w: the model configuration has no number 'mlp_ratio'
                    SMALL, "cond": "perhaps"}           | w: the model configuration says neither true nor false for 'cond'
                    SMALL, "deq_depth": -2}             | w: impossible model configuration: equilibrium depth must lie in
                    SMALL, "mlp_ratio": 1e300}          | w: impossible model configuration: MLP ratio 1.0E300 gives no
                    """)
    void damageIsOneClearLine(String json, String message) {
        GetjException error =
                assertThrows(
                        GetjException.class,
                        () -> ConfigJson.read(json.replace("SMALL", SMALL), "w"));
        assertTrue(error.getMessage().startsWith(message), error.getMessage());
        assertFalse(error.getMessage().contains("\n"));
    }

    @Test
    void aNullClassIsKeptAndOlderFilesHaveNone() {
        ModelConfig plain = TinyNetworks.conditional();
        assertFalse(ConfigJson.write(plain).contains("null_class"));
        assertFalse(ConfigJson.read(ConfigJson.write(plain), "here").images().nullClass());
        ModelConfig with = plain.withNullClass();
        String json = ConfigJson.write(with);
        assertEquals(with, ConfigJson.read(json, "here"));
        assertEquals(
                "here: the model configuration says neither true nor false for 'null_class'",
                assertThrows(
                                GetjException.class,
                                () ->
                                        ConfigJson.read(
                                                json.replace(
                                                        "\"null_class\":true", "\"null_class\":1"),
                                                "here"))
                        .getMessage());
        assertEquals(
                "a network without classes has none to leave out: its label dropout is 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TinyNetworks.unconditional().withNullClass())
                        .getMessage());
    }
}
