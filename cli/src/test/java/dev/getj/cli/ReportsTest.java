package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** {@code devices} and {@code doctor}: what they print for people and for programs. */
class ReportsTest {
    @Test
    void devicesAsJsonIsOneObjectWithTheContractsKeys() throws Exception {
        Run run = Run.getj("devices", "--json", "--threads", "3");
        JsonNode jvm = object(run).get("devices").get(0);
        assertEquals(List.of("id", "name", "backend", "memory"), keys(jvm));
        assertEquals("jvm", jvm.get("id").asText());
        assertTrue(jvm.get("name").asText().startsWith("3 threads"), jvm.toString());
        assertEquals(Runtime.getRuntime().maxMemory(), jvm.get("memory").asLong());
    }

    @Test
    void devicesForPeopleIsALineEach() {
        Run run = Run.getj("devices");
        assertEquals(0, run.code());
        assertEquals(1, run.out().lines().count());
        assertTrue(run.out().startsWith("jvm"), run.out());
    }

    @Test
    void doctorAsJsonHasChecksAndDevices() throws Exception {
        Run run = Run.getj("doctor", "--json");
        JsonNode result = object(run);
        assertEquals(List.of("checks", "devices"), keys(result));
        List<String> names = new ArrayList<>();
        boolean missing = false;
        for (JsonNode check : result.get("checks")) {
            assertEquals(List.of("name", "state", "found", "advice"), keys(check));
            String state = check.get("state").asText();
            assertTrue(List.of("ok", "optional", "missing").contains(state), state);
            assertEquals(state.equals("ok"), check.get("advice").asText().isEmpty());
            missing |= state.equals("missing");
            names.add(check.get("name").asText());
        }
        // and a line for each driver, where there is an SDK
        assertEquals(
                List.of("java", "vectors", "cores", "memory", "disk", "fonts", "tornadovm"),
                names.subList(0, 7));
        assertEquals(missing ? 1 : 0, run.code());
    }

    @Test
    void doctorForPeopleNamesEveryCheck() {
        Run run = Run.getj("doctor");
        for (String name : List.of("java", "vectors", "memory", "disk", "fonts", "tornadovm")) {
            assertTrue(run.out().contains(name), run.out());
        }
        assertEquals("", run.err());
    }

    @Test
    void doctorOfADeviceTellsOfEachKernel() throws Exception {
        JsonNode result = object(Run.getj("doctor", "--device", "jvm", "--json"));
        assertEquals(List.of("device", "name", "passed", "kernels"), keys(result));
        assertEquals("jvm", result.get("device").asText());
        assertTrue(result.get("passed").asBoolean());
        JsonNode first = result.get("kernels").get(0);
        assertEquals(List.of("kernel", "shape", "error", "failure"), keys(first));
        assertEquals("linear", first.get("kernel").asText());
        assertTrue(first.get("error").asDouble() < 1e-5, first.toString());
        Run table = Run.getj("doctor", "--device=jvm");
        assertEquals(0, table.code());
        assertTrue(table.out().contains("\nattentionBackward "), table.out());
        assertFalse(table.out().contains("OFF"), table.out());
    }

    @Test
    void keysAreSnakeCase() {
        record Figures(double lossFirst, int samplesPerSecond) {}
        assertEquals(
                "{\"loss_first\":0.5,\"samples_per_second\":7}",
                Json.text(new Figures(0.5, 7)).replaceAll("\\s", ""));
    }

    private static JsonNode object(Run run) throws JsonProcessingException {
        JsonMapper strict =
                JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
        return strict.readTree(run.out());
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
