package dev.getj.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * The networks of the paper by name, for 32×32×3 images without classes (table 5 and appendix of
 * the GET paper).
 */
public final class Presets {
    private static final int PATCH = 2;

    private Presets() {}

    private record Get(String name, int width, int heads, int depth, double equilibriumMlpRatio) {}

    private record Vit(String name, int depth, int width, int heads) {}

    private static final List<Get> GETS =
            List.of(
                    new Get("GET-T/2", 256, 4, 6, 6),
                    new Get("GET-M/2", 384, 6, 6, 6),
                    new Get("GET-S/2", 512, 8, 6, 8),
                    new Get("GET-B/2", 768, 12, 1, 12),
                    new Get("GET-B/2+", 768, 12, 6, 8));

    private static final List<Vit> VITS =
            List.of(
                    new Vit("ViT-S", 12, 384, 6),
                    new Vit("ViT-B", 12, 768, 12),
                    new Vit("ViT-L", 24, 1024, 16),
                    new Vit("ViT-XL", 28, 1152, 16));

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
        Stream<ModelConfig> gets =
                GETS.stream()
                        .map(
                                get ->
                                        new ModelConfig(
                                                get.name,
                                                32,
                                                3,
                                                PATCH,
                                                get.width,
                                                get.heads,
                                                get.depth,
                                                3,
                                                4,
                                                get.equilibriumMlpRatio,
                                                0));
        Stream<ModelConfig> vits =
                VITS.stream()
                        .flatMap(
                                vit ->
                                        Stream.of(2, 4, 8)
                                                .map(
                                                        patch ->
                                                                new ModelConfig(
                                                                        "%s/%s"
                                                                                .formatted(
                                                                                        vit.name,
                                                                                        patch),
                                                                        32,
                                                                        3,
                                                                        patch,
                                                                        vit.width,
                                                                        vit.heads,
                                                                        vit.depth,
                                                                        0,
                                                                        4,
                                                                        4,
                                                                        0)));
        return Stream.concat(gets, vits);
    }
}
