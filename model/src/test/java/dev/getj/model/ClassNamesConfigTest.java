package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Collections;
import java.util.List;

class ClassNamesConfigTest {
    private static final ModelConfig PLAIN = TinyNetworks.conditional();

    private static ModelConfig named(String... names) {
        return new ModelConfig(
                PLAIN.name(),
                PLAIN.images().named(List.of(names)),
                PLAIN.token(),
                PLAIN.blocks(),
                PLAIN.kind());
    }

    @Test
    void namesAreReadAsTheyAreWritten() {
        ModelConfig config = named("T-shirt/top", "Größe \"4\"", "a\u001bb");
        assertEquals(List.of("T-shirt/top", "Größe \"4\"", "a\\u001bb"), config.classNames());
        assertEquals(config, ConfigJson.read(ConfigJson.write(config), "it"));
        assertEquals(List.of(), PLAIN.classNames());
    }

    @Test
    void namesThatDoNotFitAreLeftOut() {
        assertEquals(List.of(), named("one", "two").classNames());
        assertEquals(60, named("x".repeat(99), "b", "c").classNames().getFirst().length());
        List<String> many = Collections.nCopies(1000, "x".repeat(60));
        assertEquals(List.of(), new ModelConfig.Images(8, 1, 1000).named(many).classNames());
    }

    @Test
    void aClassIsFoundByNameAndByNumber() {
        ModelConfig config = named("coat", "shirt", "0");
        assertEquals(1, config.classOf("SHIRT"));
        assertEquals(2, config.classOf("0"));
        assertEquals(2, config.classOf("2"));
        refused(
                "'sock' is no class of this network, which has 0…2: coat, shirt, 0",
                config,
                "sock");
        refused("'3' is no class of this network, which has 0…2", PLAIN, "3");
        refused(
                "this network is unconditional: it takes no labels",
                TinyNetworks.unconditional(),
                "0");
    }

    private static void refused(String message, ModelConfig config, String text) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> config.classOf(text))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a\"]", "\"abc\"", "[\"a\",\"b\",3]", "[\"a\",\"b\",\"\"]", "{}"})
    void damagedNamesAreRefused(String names) {
        String json = ConfigJson.write(PLAIN).replaceFirst("}$", ",\"class_names\":" + names + "}");
        GetjException error =
                assertThrows(GetjException.class, () -> ConfigJson.read(json, "weights"));
        assertEquals(
                "weights: the model configuration has no list of 3 names as 'class_names'",
                error.getMessage());
    }
}
