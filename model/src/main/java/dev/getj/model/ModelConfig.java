package dev.getj.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The size of a network. A ViT is a GET without equilibrium blocks.
 *
 * @param name preset or {@code custom}
 * @param imageSize S, side of the square images in pixels
 * @param channels C
 * @param patch p, side of a patch in pixels; divides S
 * @param width D; a multiple of {@code heads} and of 4
 * @param heads H
 * @param depth L, blocks of the injection transformer (of the whole network for a ViT)
 * @param equilibriumDepth M, weight-tied blocks of one application of the equilibrium map; 0 for a
 *     ViT
 * @param mlpRatio hidden width of the injection blocks' MLP over D
 * @param equilibriumMlpRatio hidden width of the equilibrium blocks' MLP over D
 * @param classes K, 0 for an unconditional network
 */
public record ModelConfig(
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
        int classes) {

    /** Largest accepted value of any size: keeps products of hostile files within a long. */
    private static final int LARGEST = 1 << 16;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    /**
     * @throws IllegalArgumentException naming the first size that cannot be
     */
    public ModelConfig {
        require(imageSize, 1, "image size");
        require(channels, 1, "channels");
        require(patch, 1, "patch");
        require(width, 1, "width");
        require(heads, 1, "heads");
        require(depth, 0, "depth");
        require(equilibriumDepth, 0, "equilibrium depth");
        require(classes, 0, "classes");
        if (imageSize % patch != 0) {
            throw new IllegalArgumentException(
                    "images of side %s do not cut into patches of side %s"
                            .formatted(imageSize, patch));
        }
        long state = (long) (imageSize / patch) * (imageSize / patch) * width;
        if ((long) channels * imageSize * imageSize > LARGEST_ARRAY || state > LARGEST_ARRAY) {
            throw new IllegalArgumentException(
                    "an image of %s×%s×%s in patches of side %s and width %s is more than one array holds"
                            .formatted(imageSize, imageSize, channels, patch, width));
        }
        if (width % heads != 0) {
            throw new IllegalArgumentException(
                    "width %s does not split into %s heads".formatted(width, heads));
        }
        if (width % 4 != 0) {
            throw new IllegalArgumentException(
                    "width %s is not a multiple of 4, which the positional embedding needs"
                            .formatted(width));
        }
        requireRatio(mlpRatio, width, "MLP ratio");
        requireRatio(equilibriumMlpRatio, width, "equilibrium MLP ratio");
        if (depth + equilibriumDepth == 0) {
            throw new IllegalArgumentException("a network needs at least one block");
        }
    }

    private static void require(int value, int least, String what) {
        if (value < least || value > LARGEST) {
            throw new IllegalArgumentException(
                    "%s must lie in %s…%s, not %s".formatted(what, least, LARGEST, value));
        }
    }

    private static void requireRatio(double ratio, int width, String what) {
        if (!(ratio * width >= 1 && ratio <= 1024)) {
            throw new IllegalArgumentException(
                    "%s %s gives no hidden width".formatted(what, ratio));
        }
    }

    /** N, tokens of one image. */
    public int tokens() {
        return (imageSize / patch) * (imageSize / patch);
    }

    /** Features of one patch, {@code C·p²}. */
    public int patchFeatures() {
        return channels * patch * patch;
    }

    /** Pixels of one image over all channels. */
    public int pixels() {
        return channels * imageSize * imageSize;
    }

    /** Elements of one sample's state, {@code N·D}. */
    public int stateSize() {
        return tokens() * width;
    }

    public int hidden() {
        return (int) (width * mlpRatio);
    }

    public int equilibriumHidden() {
        return (int) (width * equilibriumMlpRatio);
    }

    public boolean conditional() {
        return classes > 0;
    }

    /** True if the network has an equilibrium part. */
    public boolean equilibrium() {
        return equilibriumDepth > 0;
    }

    /**
     * Multiply-accumulates of one image's forward pass: linear layers and attention.
     *
     * @param iterations applications of the equilibrium map
     */
    public long multiplyAccumulates(int iterations) {
        long n = tokens();
        long d = width;
        long attention = 2 * n * n * d;
        long injectionBlock = n * d * (4 * d + 2L * hidden()) + attention;
        long equilibriumBlock = n * d * (4 * d + 2L * equilibriumHidden()) + attention;
        return n * d * patchFeatures() * 2
                + depth * injectionBlock
                + 3 * n * d * d * equilibriumDepth
                + (long) iterations * equilibriumDepth * equilibriumBlock;
    }

    /** The same network for other data. */
    public ModelConfig forData(int newImageSize, int newChannels, int newClasses) {
        return new ModelConfig(
                name,
                newImageSize,
                newChannels,
                patch,
                width,
                heads,
                depth,
                equilibriumDepth,
                mlpRatio,
                equilibriumMlpRatio,
                newClasses);
    }

    /** Sizes in words, for logs: {@code GET-T/2: 32×32×3, 256 tokens, width 256, …}. */
    public String describe() {
        List<String> words = new ArrayList<>();
        words.add("%s×%s×%s".formatted(imageSize, imageSize, channels));
        words.add(tokens() + " tokens");
        words.add("width " + width);
        words.add(heads + " heads");
        words.add("depth " + depth);
        if (equilibrium()) {
            words.add("equilibrium depth " + equilibriumDepth);
        }
        words.add(conditional() ? classes + " classes" : "unconditional");
        return name + ": " + String.join(", ", words);
    }
}
