package dev.getj.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.GetjException;
import dev.getj.io.Printable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network's size as JSON, under the key names of the reference: {@code input_size, in_channels,
 * patch_size, hidden_size, num_heads, depth, deq_depth, mlp_ratio, deq_mlp_ratio, cond,
 * num_classes}; {@code class_names}, where classes have names; {@code deq_norm} and {@code
 * null_class} of networks that the reference does not have.
 */
public final class ConfigJson {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final String CLASS_NAMES = "class_names";
    private static final String NULL_CLASS = "null_class";
    private static final double DEFAULT_RATIO = 4;
    private static final String PRE = "pre";
    private static final String POST = "post";
    private static final int LONGEST_NAME = 60;

    /** Characters; twelve numbers take some hundred, and names of classes half of this. */
    private static final int LONGEST = 1 << 16;

    private ConfigJson() {}

    /** One JSON object on one line. */
    public static String write(ModelConfig config) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("name", config.name());
        node.put("input_size", config.imageSize());
        node.put("in_channels", config.channels());
        node.put("patch_size", config.patch());
        node.put("hidden_size", config.width());
        node.put("num_heads", config.heads());
        node.put("depth", config.blocks().depth());
        node.put("deq_depth", config.kind().blocks().depth());
        node.put("mlp_ratio", config.blocks().mlpRatio());
        node.put("deq_mlp_ratio", config.kind().blocks().mlpRatio());
        if (config.kind().norm() == ModelConfig.Norm.POST) {
            node.put("deq_norm", POST);
        }
        node.put("cond", config.conditional());
        node.put("num_classes", config.classes());
        if (config.images().nullClass()) {
            node.put(NULL_CLASS, true);
        }
        if (!config.classNames().isEmpty()) {
            config.classNames().forEach(node.putArray(CLASS_NAMES)::add);
        }
        return node.toString();
    }

    /**
     * Reads what {@link #write} or the reference wrote. Without {@code deq_depth} the network is a
     * ViT; ratios default to 4; {@code num_classes} only counts when {@code cond} is true.
     *
     * @param source where the text stands, for the error message
     * @throws GetjException if it is no such object or describes no possible network
     */
    public static ModelConfig read(String json, String source) {
        if (json.length() > LONGEST) {
            throw new GetjException(
                    "%s: a model configuration of %s characters is more than the %s that are read"
                            .formatted(source, json.length(), LONGEST));
        }
        try {
            JsonNode node = MAPPER.readTree(json);
            if (!node.isObject()) {
                throw new GetjException(source + ": the model configuration is not a JSON object");
            }
            return new ModelConfig(
                    name(node),
                    images(node, source),
                    new ModelConfig.Token(
                            integer(node, "patch_size", source),
                            integer(node, "hidden_size", source),
                            integer(node, "num_heads", source)),
                    new ModelConfig.Stack(
                            integer(node, "depth", source), ratio(node, "mlp_ratio", source)),
                    ModelConfig.Kind.of(
                            node.has("deq_depth") ? integer(node, "deq_depth", source) : 0,
                            ratio(node, "deq_mlp_ratio", source),
                            norm(node, source)));
        } catch (JsonProcessingException e) {
            throw new GetjException(
                    source + ": the model configuration is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new GetjException(
                    source + ": impossible model configuration: " + e.getMessage(), e);
        }
    }

    private static ModelConfig.Images images(JsonNode node, String source) {
        ModelConfig.Images images =
                new ModelConfig.Images(
                        integer(node, "input_size", source),
                        integer(node, "in_channels", source),
                        conditional(node, source) ? integer(node, "num_classes", source) : 0,
                        List.of(),
                        truth(node, NULL_CLASS, source).orElse(false));
        JsonNode names = node.path(CLASS_NAMES);
        if (names.isMissingNode() || names.isNull()) {
            return images;
        }
        List<String> texts = new ArrayList<>();
        names.forEach(name -> texts.add(name.isTextual() ? name.textValue() : ""));
        if (!names.isArray() || texts.contains("") || texts.size() != images.classes()) {
            throw new GetjException(
                    "%s: the model configuration has no list of %s names as '%s'"
                            .formatted(source, images.classes(), CLASS_NAMES));
        }
        return images.named(texts);
    }

    // it stands in lines for people
    private static String name(JsonNode node) {
        String name = Printable.line(node.path("name").asText("custom"));
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    private static boolean conditional(JsonNode node, String source) {
        return truth(node, "cond", source).orElse(node.path("num_classes").asInt(0) > 0);
    }

    private static Optional<Boolean> truth(JsonNode node, String key, String source) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw new GetjException(
                    "%s: the model configuration says neither true nor false for '%s'"
                            .formatted(source, key));
        }
        return Optional.of(value.booleanValue());
    }

    private static double ratio(JsonNode node, String key, String source) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return DEFAULT_RATIO;
        }
        if (!value.isNumber()) {
            throw new GetjException(
                    source + ": the model configuration has no number '" + key + "'");
        }
        return value.doubleValue();
    }

    private static ModelConfig.Norm norm(JsonNode node, String source) {
        JsonNode value = node.path("deq_norm");
        if (value.isMissingNode() || value.isNull() || value.asText().equals(PRE)) {
            return ModelConfig.Norm.PRE;
        }
        if (!value.asText().equals(POST)) {
            throw new GetjException(
                    source + ": the model configuration says neither pre nor post for 'deq_norm'");
        }
        return ModelConfig.Norm.POST;
    }

    private static int integer(JsonNode node, String key, String source) {
        JsonNode value = node.path(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw new GetjException(
                    source + ": the model configuration has no whole number '" + key + "'");
        }
        return value.intValue();
    }
}
