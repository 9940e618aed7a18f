package dev.getj.convert;

import dev.getj.io.GetjException;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.Presets;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/**
 * The size of a network, seen in the shapes of its parameters. All but the number of heads can be:
 * that comes, in this order, from the caller, from the file's settings, from the preset of the same
 * sizes, from the paper's head width of 64, and is guessed otherwise.
 *
 * @param guessedHeads true if nothing told the number of heads
 * @param note what the user should know of how it was chosen; mostly empty
 */
record InferredConfig(ModelConfig config, boolean guessedHeads, String note) {
    InferredConfig(ModelConfig config, boolean guessedHeads) {
        this(config, guessedHeads, "");
    }

    private static final String PATCHES = "x_embedder.proj.weight";
    private static final String POSITION = "pos_embed";
    private static final String CLASSES = "y_embedder.embedding_table.weight";
    private static final String STATE_NORM = "deq_norm.weight";
    private static final int HEAD_WIDTH = 64;
    private static final int LEAST_HEAD_WIDTH = 8;

    /**
     * @param file for error messages
     * @param shapes of all parameters by name
     * @param settings of the file: {@code config} as getj writes it, or {@code num_heads} in any
     *     place
     * @param heads null if not known
     * @throws GetjException if a shape that tells a size is missing or cannot be
     */
    static InferredConfig of(
            String file, Map<String, long[]> shapes, Map<String, String> settings, Integer heads) {
        long[] patches = shape(file, shapes, PATCHES, 4);
        long[] position = shape(file, shapes, POSITION, 3);
        int width = size(file, PATCHES, patches[0]);
        int patch = size(file, PATCHES, patches[2]);
        int side = (int) Math.round(Math.sqrt(position[1]));
        if ((long) side * side != position[1]) {
            throw new GetjException(
                    "%s: %s has %s tokens, which is no square"
                            .formatted(file, POSITION, position[1]));
        }
        int depth = blocks(shapes, "blocks.");
        int equilibriumDepth = blocks(shapes, "deq_blocks.");
        long[] classes = shapes.get(CLASSES);
        if (classes != null && classes.length != 2) {
            throw wrongShape(file, CLASSES, classes);
        }
        double ratio = ratio(file, shapes, "blocks.0.mlp.fc1.weight", width);
        double equilibriumRatio = ratio(file, shapes, "deq_blocks.0.mlp.fc1.weight", width);
        ModelConfig.Norm norm =
                shapes.containsKey(STATE_NORM) ? ModelConfig.Norm.POST : ModelConfig.Norm.PRE;
        Function<Integer, ModelConfig> sized =
                count ->
                        new ModelConfig(
                                "custom",
                                new ModelConfig.Images(
                                        Math.multiplyExact(side, patch),
                                        size(file, PATCHES, patches[1]),
                                        classes == null ? 0 : size(file, CLASSES, classes[0])),
                                new ModelConfig.Token(patch, width, count),
                                new ModelConfig.Stack(depth, ratio),
                                ModelConfig.Kind.of(equilibriumDepth, equilibriumRatio, norm));
        try {
            return withHeads(file, sized, settings, heads);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GetjException(file + " holds no network that can be: " + e.getMessage(), e);
        }
    }

    private static InferredConfig withHeads(
            String file,
            Function<Integer, ModelConfig> sized,
            Map<String, String> settings,
            Integer heads) {
        ModelConfig plain = sized.apply(1);
        ModelConfig preset =
                Presets.names().stream()
                        .map(Presets::byName)
                        .filter(known -> sameSizes(known, plain))
                        .findFirst()
                        .orElse(null);
        String name = preset == null ? "custom" : preset.name();
        if (settings.containsKey("config")) {
            ModelConfig told = ConfigJson.read(settings.get("config"), file);
            ModelConfig seen =
                    named(
                            heads == null ? told.name() : name,
                            sized.apply(heads == null ? told.heads() : heads));
            return new InferredConfig(
                    withNamesOf(told, withNullClassOf(told, seen))
                            // which cannot be seen from tensors
                            .withStart(told.kind().start()),
                    false);
        }
        if (heads != null) {
            return new InferredConfig(named(name, sized.apply(heads)), false);
        }
        HeadsSetting told = HeadsSetting.of(file, settings, plain.width());
        if (told.heads() != null) {
            String note =
                    told.overruled().isEmpty()
                            ? ""
                            : "%s heads taken from %s, not %s; give --heads if that is wrong"
                                    .formatted(
                                            told.heads(),
                                            told.from(),
                                            String.join(", ", told.overruled()));
            return new InferredConfig(named(name, sized.apply(told.heads())), false, note);
        }
        if (preset != null) {
            return new InferredConfig(named(name, sized.apply(preset.heads())), false);
        }
        int width = plain.width();
        if (width % HEAD_WIDTH == 0) {
            return new InferredConfig(sized.apply(width / HEAD_WIDTH), true);
        }
        int guess = 1;
        while (width % (2 * guess) == 0 && width / (2 * guess) >= LEAST_HEAD_WIDTH) {
            guess *= 2;
        }
        return new InferredConfig(sized.apply(guess), true);
    }

    // one row of the class table is no class, where the file says so
    private static ModelConfig withNullClassOf(ModelConfig told, ModelConfig seen) {
        ModelConfig.Images images = seen.images();
        if (!told.images().nullClass() || images.classes() < 2) {
            return seen;
        }
        ModelConfig.Images classes =
                new ModelConfig.Images(images.size(), images.channels(), images.classes() - 1);
        return new ModelConfig(seen.name(), classes, seen.token(), seen.blocks(), seen.kind())
                .withNullClass();
    }

    // what classes are called stands in the file's own words
    private static ModelConfig withNamesOf(ModelConfig told, ModelConfig seen) {
        return told.classes() == seen.classes()
                ? new ModelConfig(
                        seen.name(),
                        seen.images().named(told.classNames()),
                        seen.token(),
                        seen.blocks(),
                        seen.kind())
                : seen;
    }

    private static boolean sameSizes(ModelConfig known, ModelConfig seen) {
        return known.patch() == seen.patch()
                && known.width() == seen.width()
                && sameSizes(known.blocks(), seen.blocks(), known.width())
                && sameSizes(known.kind().blocks(), seen.kind().blocks(), known.width());
    }

    private static boolean sameSizes(ModelConfig.Stack known, ModelConfig.Stack seen, int width) {
        return known.depth() == seen.depth() && known.hidden(width) == seen.hidden(width);
    }

    private static ModelConfig named(String name, ModelConfig config) {
        return new ModelConfig(
                name, config.images(), config.token(), config.blocks(), config.kind());
    }

    /** One more than the highest number of a block. */
    private static int blocks(Map<String, long[]> shapes, String prefix) {
        return shapes.keySet().stream()
                .filter(name -> name.matches(prefix.replace(".", "\\.") + "\\d{1,4}\\..*"))
                .mapToInt(
                        name ->
                                Integer.parseInt(
                                        name.substring(
                                                prefix.length(),
                                                name.indexOf('.', prefix.length()))))
                .map(number -> number + 1)
                .max()
                .orElse(0);
    }

    private static double ratio(String file, Map<String, long[]> shapes, String name, int width) {
        if (!shapes.containsKey(name)) {
            return 4;
        }
        return (double) shape(file, shapes, name, 2)[0] / width;
    }

    private static long[] shape(
            String file, Map<String, long[]> shapes, String name, int dimensions) {
        long[] shape = shapes.get(name);
        if (shape == null) {
            throw new GetjException(
                    "%s lacks '%s', which tells the size of the network".formatted(file, name));
        }
        if (shape.length != dimensions) {
            throw wrongShape(file, name, shape);
        }
        return shape;
    }

    private static GetjException wrongShape(String file, String name, long[] shape) {
        return new GetjException(
                "%s: '%s' has shape %s, which no network of ours has"
                        .formatted(file, name, Arrays.toString(shape)));
    }

    private static int size(String file, String name, long size) {
        if (size < 1 || size > 1 << 16) {
            throw new GetjException(
                    "%s: '%s' has a size of %s, which no network of ours has"
                            .formatted(file, name, size));
        }
        return (int) size;
    }
}
