package dev.getj.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.StdConverter;

import dev.getj.model.ModelConfig;

import java.io.IOException;
import java.util.List;

/**
 * The size of a network as {@code config.json} has it: its components are the keys, one object
 * without nesting, since the first version; that had no key for {@code norm} and {@code null_class}.
 */
public record NetworkJson(
        String name,
        int imageSize,
        int channels,
        int patch,
        int width,
        int heads,
        int depth,
        int equilibriumDepth,
        double mlpRatio,
        double equilibriumMlpRatio,
        int classes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> classNames,
        ModelConfig.Norm norm,
        boolean nullClass) {
    /** To be added to {@link ModelConfig}. */
    @JsonSerialize(converter = Writer.class)
    @JsonDeserialize(using = Reader.class)
    public interface MixIn {}

    /** To JSON. */
    public static final class Writer extends StdConverter<ModelConfig, NetworkJson> {
        @Override
        public NetworkJson convert(ModelConfig config) {
            ModelConfig.Stack equilibrium = config.kind().blocks();
            return new NetworkJson(
                    config.name(),
                    config.imageSize(),
                    config.channels(),
                    config.patch(),
                    config.width(),
                    config.heads(),
                    config.blocks().depth(),
                    equilibrium.depth(),
                    config.blocks().mlpRatio(),
                    equilibrium.mlpRatio(),
                    config.classes(),
                    config.classNames(),
                    config.kind().norm(),
                    config.images().nullClass());
        }
    }

    /** From JSON; classes need no names, and had none in the first files. */
    public static final class Reader extends JsonDeserializer<ModelConfig> {
        @Override
        public ModelConfig deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            JsonNode json = context.readTree(parser);
            if (json instanceof ObjectNode object && !object.has("class_names")) {
                object.putArray("class_names");
            }
            return context.readTreeAsValue(json, NetworkJson.class).config();
        }
    }

    private ModelConfig config() {
        return new ModelConfig(
                name,
                new ModelConfig.Images(imageSize, channels, classes, classNames, nullClass),
                new ModelConfig.Token(patch, width, heads),
                new ModelConfig.Stack(depth, mlpRatio),
                ModelConfig.Kind.of(equilibriumDepth, equilibriumMlpRatio, norm));
    }
}
