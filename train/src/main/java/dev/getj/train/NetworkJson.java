package dev.getj.train;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;

import dev.getj.model.ModelConfig;

/**
 * The size of a network as {@code config.json} has it: its components are the keys, one object
 * without nesting, since the first version; that knew one {@code norm}, and had no key for it.
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
        ModelConfig.Norm norm) {
    /** To be added to {@link ModelConfig}. */
    @JsonSerialize(converter = Writer.class)
    @JsonDeserialize(converter = Reader.class)
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
                    config.kind().norm());
        }
    }

    /** From JSON. */
    public static final class Reader extends StdConverter<NetworkJson, ModelConfig> {
        @Override
        public ModelConfig convert(NetworkJson json) {
            return json.config();
        }
    }

    private ModelConfig config() {
        return new ModelConfig(
                name,
                new ModelConfig.Images(imageSize, channels, classes),
                new ModelConfig.Token(patch, width, heads),
                new ModelConfig.Stack(depth, mlpRatio),
                ModelConfig.Kind.of(equilibriumDepth, equilibriumMlpRatio, norm));
    }
}
