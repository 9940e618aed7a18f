package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.model.ModelConfig;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Records of settings as indented JSON, their components under snake_case keys. Nothing may lack but
 * what files of earlier versions did not have, which then means what it meant to them.
 */
public final class SettingsJson {
    private static final JsonMapper READER = new JsonMapper();

    private SettingsJson() {}

    /**
     * A key that files of earlier versions lack.
     *
     * @param beside keys of the object that it belongs to
     * @param meaning what its absence means, as JSON
     */
    private record Added(Set<String> beside, String key, String meaning) {}

    private static final List<Added> ADDED =
            List.of(
                    new Added(Set.of("objective"), "schedule", "\"CONSTANT\""),
                    new Added(Set.of("objective"), "held_out", "0"),
                    new Added(Set.of("objective"), "eval_every", "500"),
                    // of students, teachers and studies
                    new Added(Set.of("objective"), "precision", "\"FLOAT32\""),
                    new Added(Set.of("flips"), "precision", "\"FLOAT32\""),
                    new Added(
                            Set.of("settings", "teacher", "classifier"),
                            "precision",
                            "\"FLOAT32\""),
                    new Added(Set.of("learning_rate"), "clip", "0"),
                    new Added(Set.of("objective"), "init_from_teacher", "\"\""),
                    new Added(Set.of("equilibrium_depth"), "norm", "\"PRE\""),
                    new Added(Set.of("equilibrium_depth"), "start", "\"NOISE\""),
                    new Added(Set.of("equilibrium_depth"), "null_class", "false"),
                    new Added(
                            Set.of("objective"),
                            "fresh",
                            """
                            {"teacher": "", "guide": "", "guidance": 1, "sampler_steps": 18,
                            "ring": 8192, "reuse": 8}\
                            """),
                    new Added(Set.of("objective"), "ema_every", "0"),
                    new Added(
                            Set.of("objective"),
                            "feature_loss",
                            "{\"classifier\": \"\", \"weight\": 1}"),
                    // of students and teachers
                    new Added(Set.of("objective"), "label_dropout", "0"),
                    new Added(Set.of("flips"), "label_dropout", "0"),
                    new Added(
                            Set.of("objective"),
                            "sha256",
                            "{\"teacher\": \"\", \"guide\": \"\", \"classifier\": \"\"}"),
                    // of all runs
                    new Added(Set.of("save_every", "sample_every"), "begun_steps", "0"),
                    // what a study knows of images
                    new Added(Set.of("frechet"), "pair_error", "null"),
                    // of studies, and of their students
                    new Added(Set.of("gets", "vits"), "controls", "[]"),
                    new Added(Set.of("baselines", "runs"), "comparisons", "[]"),
                    new Added(Set.of("name", "model"), "rate", "0"),
                    new Added(Set.of("name", "model"), "last_alone", "false"));

    /** For records of settings, networks among them. */
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
        try {
            return mapper().build().writerWithDefaultPrettyPrinter().writeValueAsString(settings)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The JSON of a record that is a file of its own: with its format's version, and our own. */
    public static String versioned(Record settings) {
        return versioned(mapper().build(), settings);
    }

    static String versioned(ObjectMapper mapper, Record settings) {
        ObjectNode root = mapper.createObjectNode();
        root.put(FileFormat.VERSION, FileFormat.RUN.version());
        root.setAll(mapper.<ObjectNode>valueToTree(settings));
        MadeBy us = MadeBy.us();
        root.putObject(MadeBy.KEY)
                .put("getj", us.getj())
                .put("commit", us.commit())
                .put("java", us.java());
        return root.toPrettyString() + "\n";
    }

    /**
     * Reads what {@link #write} or {@link #versioned} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged or of a newer version
     */
    public static <T extends Record> T parse(Class<T> type, String json, String source) {
        return parse(mapper().build(), type, json, source);
    }

    static <T extends Record> T parse(
            ObjectMapper mapper, Class<T> type, String json, String source) {
        try {
            JsonNode root = mapper.readTree(json);
            if (root.isNull() || root.isMissingNode()) {
                throw new GetjException(source + " is damaged: it holds no configuration");
            }
            if (root instanceof ObjectNode object) {
                Optional<JsonNode> version = Optional.ofNullable(object.remove(FileFormat.VERSION));
                FileFormat.RUN.require(source, version.map(JsonNode::toString));
                object.remove(MadeBy.KEY);
                complete(object);
            }
            return mapper.treeToValue(root, type);
        } catch (JsonProcessingException e) {
            throw new GetjException(source + " is damaged: " + what(e), e);
        }
    }

    /**
     * What values that were read make together.
     *
     * @param source where they stand, for the error message
     * @throws GetjException if they cannot be together
     */
    public static <T> T made(Supplier<T> values, String source) {
        try {
            return values.get();
        } catch (IllegalArgumentException refused) {
            throw new GetjException(source + " is damaged: " + refused.getMessage(), refused);
        }
    }

    /** Adds what files of earlier versions lack, to a node and all inside it. */
    public static void complete(JsonNode node) throws JsonProcessingException {
        for (Added added : ADDED) {
            if (node instanceof ObjectNode object
                    && added.beside.stream().allMatch(object::has)
                    && !object.has(added.key)) {
                object.set(added.key, READER.readTree(added.meaning));
            }
        }
        for (JsonNode inner : node) {
            complete(inner);
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
