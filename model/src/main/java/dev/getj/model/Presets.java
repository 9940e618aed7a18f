package dev.getj.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * The networks of the paper by name, for 32×32×3 images without classes (table 5 and appendix of
 * the GET paper).
 */
public final class Presets {
    private static final ModelConfig.Images IMAGES = new ModelConfig.Images(32, 3, 0);
    private static final double RATIO = 4;

    private Presets() {}

    /** All preset names, as {@link #byName} takes them. */
    public static List<String> names() {
        return all().map(ModelConfig::name).toList();
    }

    /**
     * A preset by its name, letter case aside.
     *
     * @throws IllegalArgumentException listing the names, if there is none of this name
     */
    public static ModelConfig byName(String name) {
        return all().filter(config -> config.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no model is called '%s'; there are %s"
                                                .formatted(name, String.join(", ", names()))));
    }

    private static Stream<ModelConfig> all() {
        return Stream.of(
                        Stream.of(
                                get("GET-T/2", 256, 4, 6, 6),
                                get("GET-M/2", 384, 6, 6, 6),
                                get("GET-S/2", 512, 8, 6, 8),
                                get("GET-B/2", 768, 12, 1, 12),
                                get("GET-B/2+", 768, 12, 6, 8)),
                        vit("ViT-S", 384, 6, 12),
                        vit("ViT-B", 768, 12, 12),
                        vit("ViT-L", 1024, 16, 24),
                        vit("ViT-XL", 1152, 16, 28))
                .flatMap(each -> each);
    }

    private static ModelConfig get(
            String name, int width, int heads, int depth, double equilibriumRatio) {
        return new ModelConfig(
                name,
                IMAGES,
                new ModelConfig.Token(2, width, heads),
                new ModelConfig.Stack(depth, RATIO),
                new ModelConfig.Get(new ModelConfig.Stack(3, equilibriumRatio)));
    }

    private static Stream<ModelConfig> vit(String name, int width, int heads, int depth) {
        return Stream.of(2, 4, 8)
                .map(
                        patch ->
                                new ModelConfig(
                                        name + "/" + patch,
                                        IMAGES,
                                        new ModelConfig.Token(patch, width, heads),
                                        new ModelConfig.Stack(depth, RATIO),
                                        new ModelConfig.Vit()));
    }
}
