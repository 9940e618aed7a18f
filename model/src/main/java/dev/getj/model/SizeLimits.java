package dev.getj.model;

/** Which sizes a network can have, also one of a hostile file. */
final class SizeLimits {
    /** Largest accepted value of any size: keeps products of hostile files within a long. */
    private static final int LARGEST = 1 << 16;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private SizeLimits() {}

    /**
     * @throws IllegalArgumentException naming the first size that cannot be
     */
    static void require(
            ModelConfig.Images images,
            ModelConfig.Token token,
            ModelConfig.Stack blocks,
            ModelConfig.Kind kind) {
        require(images.size(), 1, "image size");
        require(images.channels(), 1, "channels");
        require(token.patch(), 1, "patch");
        require(token.width(), 1, "width");
        require(token.heads(), 1, "heads");
        require(blocks.depth(), 0, "depth");
        require(kind.blocks().depth(), 0, "equilibrium depth");
        require(images.classes(), 0, "classes");
        if (images.size() % token.patch() != 0) {
            throw new IllegalArgumentException(
                    "images of side %s do not cut into patches of side %s"
                            .formatted(images.size(), token.patch()));
        }
        long side = images.size() / token.patch();
        if ((long) images.channels() * images.size() * images.size() > LARGEST_ARRAY
                || side * side * token.width() > LARGEST_ARRAY) {
            throw new IllegalArgumentException(
                    "an image of %s×%s×%s in patches of side %s and width %s is more than one array holds"
                            .formatted(
                                    images.size(),
                                    images.size(),
                                    images.channels(),
                                    token.patch(),
                                    token.width()));
        }
        if (token.width() % token.heads() != 0) {
            throw new IllegalArgumentException(
                    "width %s does not split into %s heads"
                            .formatted(token.width(), token.heads()));
        }
        if (token.width() % 4 != 0) {
            throw new IllegalArgumentException(
                    "width %s is not a multiple of 4, which the positional embedding needs"
                            .formatted(token.width()));
        }
        requireRatio(blocks, token.width(), "MLP ratio");
        if (kind instanceof ModelConfig.Get get) {
            requireRatio(get.blocks(), token.width(), "equilibrium MLP ratio");
        }
        if (blocks.depth() + kind.blocks().depth() == 0) {
            throw new IllegalArgumentException("a network needs at least one block");
        }
    }

    private static void require(int value, int least, String what) {
        if (value < least || value > LARGEST) {
            throw new IllegalArgumentException(
                    "%s must lie in %s…%s, not %s".formatted(what, least, LARGEST, value));
        }
    }

    private static void requireRatio(ModelConfig.Stack stack, int width, String what) {
        if (!(stack.mlpRatio() * width >= 1 && stack.mlpRatio() <= 1024)) {
            throw new IllegalArgumentException(
                    "%s %s gives no hidden width".formatted(what, stack.mlpRatio()));
        }
    }
}
