package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.GetjException;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.Objective;
import dev.getj.model.ParameterTable;
import dev.getj.solver.GradientSteps;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run's {@code config.json} with values that nobody would write: read or refused in one line. */
class HostileSettingsTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> VALUES =
            List.of(
                    "-1",
                    "0",
                    "2147483647",
                    "-2147483648",
                    "9223372036854775807",
                    "99999999999999999999",
                    "1e999",
                    "-1e999",
                    "1e-320",
                    "0.5",
                    "\"NaN\"",
                    "\"\\u001b[2J\"",
                    "null",
                    "true",
                    "[]",
                    "[[]]",
                    "[null]",
                    "{}");

    private static String config() {
        return TinyRuns.config(Path.of("pairs"), 5).json();
    }

    /** Places of all values, as JSON pointers. */
    private static void places(String at, JsonNode node, List<String> all) {
        if (!at.isEmpty()) {
            all.add(at);
        }
        node.properties()
                .forEach(field -> places(at + "/" + field.getKey(), field.getValue(), all));
    }

    @Test
    void everyValueIsReadOrRefusedInOneLine() throws IOException {
        List<String> places = new ArrayList<>();
        places("", JSON.readTree(config()), places);
        int refused = 0;
        for (String place : places) {
            for (String value : VALUES) {
                JsonNode root = JSON.readTree(config());
                int slash = place.lastIndexOf('/');
                ((ObjectNode) root.at(place.substring(0, slash)))
                        .set(place.substring(slash + 1), JSON.readTree(value));
                String where = place + " = " + value;
                try {
                    RunConfig config = RunConfig.parse(root.toString(), "config.json");
                    assertTrue(config.objective().weights().length <= 1 << 16, where);
                    new ParameterTable(config.model());
                    config.optimizer().rate(3);
                } catch (GetjException refusal) {
                    refused++;
                    assertTrue(refusal.getMessage().startsWith("config.json is damaged: "), where);
                    assertEquals(1, refusal.getMessage().lines().count(), where);
                }
            }
        }
        assertTrue(refused > places.size() * VALUES.size() / 2, "refused " + refused);
    }

    private static String refusal(String from, String to) {
        String json = config().replaceFirst(from, to);
        return assertThrows(GetjException.class, () -> RunConfig.parse(json, "config.json"))
                .getMessage();
    }

    @Test
    void stepsAndBatchesAreBounded() {
        assertEquals(
                "config.json is damaged: 2147483647 slices of 3 differentiated steps are more than"
                        + " the 65536 that can be",
                refusal("\"slices\" : 1", "\"slices\" : 2147483647"));
        assertEquals(
                "config.json is damaged: a batch of 2147483647 images of 16 values is more than one"
                        + " array holds",
                refusal("\"batch\" : \\d+", "\"batch\" : 2147483647"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Estimator.Unrolled.every(1, Integer.MAX_VALUE));
        assertThrows(
                IllegalArgumentException.class, () -> GradientSteps.last(Integer.MAX_VALUE, 1));
        assertThrows(
                IllegalArgumentException.class, () -> Objective.unrolled(LossKind.L1, 1 << 17, 1));
    }

    @Test
    void keysTwiceAndDeepNestingAreRefused() {
        assertTrue(refusal("\"batch\" :", "\"seed\" : 1, \"batch\" :").contains("Duplicate field"));
        String deep = "[".repeat(100_000);
        assertTrue(
                assertThrows(GetjException.class, () -> RunConfig.parse(deep, "config.json"))
                        .getMessage()
                        .startsWith("config.json is damaged: "));
    }
}
