package dev.getj.model;

import dev.getj.io.Printable;

import java.util.ArrayList;
import java.util.List;

/**
 * The size of a network.
 *
 * @param name preset or {@code custom}
 * @param blocks the injection transformer; the whole network of a ViT
 * @param kind what becomes of the state that leaves these blocks
 */
public record ModelConfig(String name, Images images, Token token, Stack blocks, Kind kind) {
    /**
     * What the network makes.
     *
     * @param size S, side of the square images in pixels
     * @param channels C
     * @param classes K, 0 for an unconditional network
     * @param classNames of the K classes, where they have names; else empty
     * @param nullClass whether there is a class K beside 0…K−1 that stands for any, for networks
     *     that learn from some images without being told their class
     */
    public record Images(
            int size, int channels, int classes, List<String> classNames, boolean nullClass) {
        /** Characters of a name, and of all names together, at most: files carry them. */
        private static final int LONGEST_NAME = 60;

        private static final int LONGEST_NAMES = 1 << 15;

        /**
         * @throws IllegalArgumentException if some classes have a name and others have none, or
         *     if there is a null class beside none
         */
        public Images {
            classNames = List.copyOf(classNames);
            if (!classNames.isEmpty() && classNames.size() != classes) {
                throw new IllegalArgumentException(
                        "%s classes cannot have %s names".formatted(classes, classNames.size()));
            }
            if (nullClass && classes == 0) {
                throw new IllegalArgumentException(
                        "a network without classes has none to leave out: its label dropout is 0");
            }
        }

        /** All of whose images have a class. */
        public Images(int size, int channels, int classes, List<String> classNames) {
            this(size, channels, classes, classNames, false);
        }

        /** Whose classes have no names. */
        public Images(int size, int channels, int classes) {
            this(size, channels, classes, List.of());
        }

        /**
         * The same with names of the classes, fit for a line and at most 60 characters long each;
         * with none if there are not as many as classes, or more of them than a file should carry.
         */
        public Images named(List<String> names) {
            List<String> lines =
                    names.stream()
                            .map(Printable::line)
                            .map(line -> line.substring(0, Math.min(LONGEST_NAME, line.length())))
                            .toList();
            boolean kept =
                    lines.size() == classes
                            && lines.stream().mapToInt(String::length).sum() <= LONGEST_NAMES;
            return new Images(size, channels, classes, kept ? lines : List.of(), nullClass);
        }

        /** Rows of the class table: of the classes, and last of the null class, if there is one. */
        int embeddings() {
            return classes + (nullClass ? 1 : 0);
        }
    }

    /**
     * What an image is cut into.
     *
     * @param patch p, side of a patch in pixels; divides S
     * @param width D; a multiple of {@code heads} and of 4
     * @param heads H
     */
    public record Token(int patch, int width, int heads) {}

    /**
     * Transformer blocks.
     *
     * @param depth number of blocks
     * @param mlpRatio hidden width of their MLP over D
     */
    public record Stack(int depth, double mlpRatio) {
        /** Hidden width of the MLP of blocks of width D. */
        public int hidden(int width) {
            return (int) (width * mlpRatio);
        }
    }

    /** What becomes of the state between two applications of the equilibrium map. */
    public enum Norm {
        /**
         * Nothing, as in the paper: f(z) is z and what the blocks add. They read z normalised, so
         * once its direction is found it grows by the same step each time, without a fixed point.
         */
        PRE,
        /** It is normalised: {@code f(z) = LN(blocks(z))}, which is bounded and can settle. */
        POST
    }

    /** Where the iterations of the equilibrium map begin: z₀. */
    public enum Start {
        /** At random numbers, as in the paper: normal variates. */
        NOISE,
        /**
         * At h, what leaves the injection transformer, so that the state begins with what is known
         * of the image; unrolled gradients pass through it.
         */
        INJECTION
    }

    /** What the state that is decoded comes from. */
    public sealed interface Kind {
        /** A GET; a ViT if there are no equilibrium blocks. */
        static Kind of(int depth, double mlpRatio) {
            return of(depth, mlpRatio, Norm.PRE);
        }

        /** The same with a norm, which a ViT does not have. */
        static Kind of(int depth, double mlpRatio, Norm norm) {
            return of(depth, mlpRatio, norm, Start.NOISE);
        }

        /** The same with a start, which a ViT does not have either. */
        static Kind of(int depth, double mlpRatio, Norm norm, Start start) {
            return depth == 0 ? new Vit() : new Get(new Stack(depth, mlpRatio), norm, start);
        }

        /** Of the state; {@link Norm#PRE} of a ViT. */
        default Norm norm() {
            return Norm.PRE;
        }

        /** Of the state; {@link Start#NOISE} of a ViT. */
        default Start start() {
            return Start.NOISE;
        }

        /** The equilibrium blocks, none of a ViT. */
        Stack blocks();
    }

    /** The blocks leave the state to be decoded. */
    public record Vit() implements Kind {
        private static final Stack NONE = new Stack(0, 4);

        @Override
        public Stack blocks() {
            return NONE;
        }
    }

    /**
     * The blocks inject into an equilibrium map, whose fixed point is decoded.
     *
     * @param blocks M weight-tied blocks of one application of the map
     * @param norm whether the state is normalised
     * @param start of the iterations
     */
    public record Get(Stack blocks, Norm norm, Start start) implements Kind {
        /** As the paper has it: nothing normalises the state, which begins at noise. */
        public Get(Stack blocks) {
            this(blocks, Norm.PRE, Start.NOISE);
        }

        /**
         * @throws IllegalArgumentException if there are no blocks
         */
        public Get {
            if (blocks.depth == 0) {
                throw new IllegalArgumentException(
                        "an equilibrium map needs at least one block; a network without is a ViT");
            }
        }
    }

    /** Largest accepted value of any size: keeps products of hostile files within a long. */
    private static final int LARGEST = 1 << 16;

    /** Names of classes in a message. */
    private static final int SHOWN_NAMES = 20;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    /**
     * @throws IllegalArgumentException naming the first size that cannot be
     */
    public ModelConfig {
        require(images.size, 1, "image size");
        require(images.channels, 1, "channels");
        require(token.patch, 1, "patch");
        require(token.width, 1, "width");
        require(token.heads, 1, "heads");
        require(blocks.depth, 0, "depth");
        require(kind.blocks().depth, 0, "equilibrium depth");
        require(images.classes, 0, "classes");
        if (images.size % token.patch != 0) {
            throw new IllegalArgumentException(
                    "images of side %s do not cut into patches of side %s"
                            .formatted(images.size, token.patch));
        }
        long side = images.size / token.patch;
        if ((long) images.channels * images.size * images.size > LARGEST_ARRAY
                || side * side * token.width > LARGEST_ARRAY) {
            throw new IllegalArgumentException(
                    "an image of %s×%s×%s in patches of side %s and width %s is more than one array holds"
                            .formatted(
                                    images.size,
                                    images.size,
                                    images.channels,
                                    token.patch,
                                    token.width));
        }
        if (token.width % token.heads != 0) {
            throw new IllegalArgumentException(
                    "width %s does not split into %s heads".formatted(token.width, token.heads));
        }
        if (token.width % 4 != 0) {
            throw new IllegalArgumentException(
                    "width %s is not a multiple of 4, which the positional embedding needs"
                            .formatted(token.width));
        }
        requireRatio(blocks, token.width, "MLP ratio");
        if (kind instanceof Get get) {
            requireRatio(get.blocks, token.width, "equilibrium MLP ratio");
        }
        if (blocks.depth + kind.blocks().depth == 0) {
            throw new IllegalArgumentException("a network needs at least one block");
        }
    }

    private static void require(int value, int least, String what) {
        if (value < least || value > LARGEST) {
            throw new IllegalArgumentException(
                    "%s must lie in %s…%s, not %s".formatted(what, least, LARGEST, value));
        }
    }

    private static void requireRatio(Stack stack, int width, String what) {
        if (!(stack.mlpRatio * width >= 1 && stack.mlpRatio <= 1024)) {
            throw new IllegalArgumentException(
                    "%s %s gives no hidden width".formatted(what, stack.mlpRatio));
        }
    }

    /** S. */
    public int imageSize() {
        return images.size;
    }

    /** C. */
    public int channels() {
        return images.channels;
    }

    /** K. */
    public int classes() {
        return images.classes;
    }

    /** Names of the K classes; empty if they have none. */
    public List<String> classNames() {
        return images.classNames;
    }

    /**
     * The class that a user means.
     *
     * @param text its number or its name, whatever the case; a name counts first
     * @return in 0 to K − 1
     * @throws IllegalArgumentException saying what there is, if there is no such class
     */
    public int classOf(String text) {
        for (int i = 0; i < classNames().size(); i++) {
            if (classNames().get(i).equalsIgnoreCase(text)) {
                return i;
            }
        }
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) < classes()) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(
                conditional()
                        ? "'%s' is no class of this network, which has 0…%s%s"
                                .formatted(text, classes() - 1, names())
                        : "this network is unconditional: it takes no labels");
    }

    private String names() {
        if (classNames().isEmpty()) {
            return "";
        }
        boolean more = classNames().size() > SHOWN_NAMES;
        return ": "
                + String.join(
                        ", ", classNames().subList(0, Math.min(SHOWN_NAMES, classNames().size())))
                + (more ? ", …" : "");
    }

    /** p. */
    public int patch() {
        return token.patch;
    }

    /** D. */
    public int width() {
        return token.width;
    }

    /** H. */
    public int heads() {
        return token.heads;
    }

    /** N, tokens of one image. */
    public int tokens() {
        return (imageSize() / patch()) * (imageSize() / patch());
    }

    /** Features of one patch, {@code C·p²}. */
    public int patchFeatures() {
        return channels() * patch() * patch();
    }

    /** Pixels of one image over all channels. */
    public int pixels() {
        return channels() * imageSize() * imageSize();
    }

    /** Elements of one sample's state, {@code N·D}. */
    public int stateSize() {
        return tokens() * width();
    }

    /** The hidden width of the widest MLP. */
    public int widestHidden() {
        int hidden = blocks.hidden(width());
        return switch (kind) {
            case Vit _ -> hidden;
            case Get get -> Math.max(hidden, get.blocks.hidden(width()));
        };
    }

    /** Whether images have classes. */
    public boolean conditional() {
        return classes() > 0;
    }

    /** Whether z₀ is drawn, or given: not of a ViT, nor of a GET that starts at its injection. */
    public boolean takesStart() {
        return kind instanceof Get get && get.start == Start.NOISE;
    }

    /**
     * The same with a null class.
     *
     * @throws IllegalArgumentException if it has no classes
     */
    public ModelConfig withNullClass() {
        return new ModelConfig(
                name,
                new Images(images.size, images.channels, images.classes, images.classNames, true),
                token,
                blocks,
                kind);
    }

    /** The same with iterations that begin elsewhere; a ViT as it is. */
    public ModelConfig withStart(Start start) {
        return kind instanceof Get get
                ? new ModelConfig(name, images, token, blocks, new Get(get.blocks, get.norm, start))
                : this;
    }

    /**
     * Multiply-accumulates of one image's forward pass: linear layers and attention.
     *
     * @param iterations applications of the equilibrium map
     */
    public long multiplyAccumulates(int iterations) {
        long n = tokens();
        long d = width();
        long embedAndDecode = n * d * patchFeatures() * 2;
        return embedAndDecode
                + multiplyAccumulates(blocks)
                + switch (kind) {
                    case Vit _ -> 0;
                    case Get get ->
                            3 * n * d * d * get.blocks.depth
                                    + iterations * multiplyAccumulates(get.blocks);
                };
    }

    private long multiplyAccumulates(Stack stack) {
        long n = tokens();
        long d = width();
        long attention = 2 * n * n * d;
        return stack.depth * (n * d * (4 * d + 2L * stack.hidden(width())) + attention);
    }

    /** Sizes in words, for logs: {@code GET-T/2: 32×32×3, 256 tokens, width 256, …}. */
    public String describe() {
        List<String> words = new ArrayList<>();
        words.add("%s×%s×%s".formatted(imageSize(), imageSize(), channels()));
        words.add(tokens() + " tokens");
        words.add("width " + width());
        words.add(heads() + " heads");
        words.add("depth " + blocks.depth);
        if (kind instanceof Get get) {
            words.add("equilibrium depth " + get.blocks.depth);
            if (get.norm == Norm.POST) {
                words.add("post-norm");
            }
            if (get.start == Start.INJECTION) {
                words.add("from its injection");
            }
        }
        words.add(conditional() ? classes() + " classes" : "unconditional");
        if (images.nullClass) {
            words.add("null class");
        }
        return name + ": " + String.join(", ", words);
    }
}
