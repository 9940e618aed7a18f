package dev.getj.kernels.op;

import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Images to tokens and back, and class embeddings. Derivations: {@code
 * docs/kernels/embedding-and-patches.md}.
 */
public sealed interface ImageOp extends Operation {

    /**
     * Cuts images [B, C, S, S] into non-overlapping square patches [B, (S/p)², C·p·p], tokens
     * row-major over the image.
     */
    record Patchify(Tensor image, PatchOrder order, Tensor patches) implements ImageOp {
        private static final String NAME = "patchify";

        public Patchify {
            checkPatches(NAME, image, patches);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("image", image).writes("patches", patches).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** The inverse of {@link Patchify}. */
    record Unpatchify(Tensor patches, PatchOrder order, Tensor image) implements ImageOp {
        private static final String NAME = "unpatchify";

        public Unpatchify {
            checkPatches(NAME, image, patches);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("patches", patches).writes("image", image).list();
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /**
     * {@code y[b] = table[labels[b]]}: table [K, W], y [B, W], either both in 16 bits or neither.
     * Labels lie in 0…K−1, which is checked where they are filled in.
     */
    record Embedding(Tensor table, IntTensor labels, Tensor y) implements ImageOp {
        private static final String NAME = "embedding";

        public Embedding {
            checkEmbedding(NAME, table, labels, y);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("table", table, y.size()).writes("y", y).list();
        }

        @Override
        public List<String> halves() {
            return List.of("table", "y");
        }

        @Override
        public void checkTypes() {
            ImageOp.super.checkTypes();
            Check.require(
                    table.dtype() == y.dtype(),
                    NAME,
                    "table is %s, y is %s",
                    table.dtype(),
                    y.dtype());
        }

        @Override
        public double flops() {
            return 0;
        }
    }

    /** {@code dTable[labels[b]] += dY[b]}, samples in order: dY [B, W], dTable [K, W]. */
    record EmbeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) implements ImageOp {
        private static final String NAME = "embeddingBackward";

        public EmbeddingBackward {
            checkEmbedding(NAME, dTable, labels, dY);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands().reads("dY", dY).updates("dTable", dTable, dY.size()).list();
        }

        @Override
        public double flops() {
            return dY.size();
        }
    }

    private static void checkPatches(String name, Tensor image, Tensor patches) {
        Check.rank(name, "image", image, 4);
        Check.rank(name, "patches", patches, 3);
        Check.size(name, "patches", patches, image.size());
        int grid = (int) Math.round(Math.sqrt(patches.dim(1)));
        Check.require(
                image.dim(2) == image.dim(3)
                        && grid * grid == patches.dim(1)
                        && image.dim(2) % grid == 0
                        && image.dim(0) == patches.dim(0),
                name,
                "images %s do not cut into patches %s",
                Arrays.toString(image.shape()),
                Arrays.toString(patches.shape()));
        Check.apart(name, "image", image, "patches", patches);
    }

    private static void checkEmbedding(String name, Tensor table, IntTensor labels, Tensor y) {
        Check.rank(name, "table", table, 2);
        Check.columns(name, "rows", y, table.dim(1));
        Check.require(
                y.rows() == labels.size(), name, "%d labels for %d rows", labels.size(), y.rows());
    }

    /** Cutting and joining, with patches of {@code patch} × {@code patch} pixels. */
    static List<Example> patches(int channels, int side, int patch) {
        int tokens = side / patch * (side / patch);
        int features = channels * patch * patch;
        List<Example> examples = new ArrayList<>();
        for (PatchOrder order : PatchOrder.values()) {
            String name = " " + order + " " + channels + "x" + side + "/" + patch;
            examples.add(
                    new Example("patchify" + name)
                            .perSample("image", channels, side, side)
                            .gives("patches", tokens, features)
                            .calls((k, t) -> k.patchify(t.get("image"), order, t.get("patches"))));
            examples.add(
                    new Example("unpatchify" + name)
                            .perSample("patches", tokens, features)
                            .gives("image", channels, side, side)
                            .calls(
                                    (k, t) ->
                                            k.unpatchify(t.get("patches"), order, t.get("image"))));
        }
        return examples;
    }

    /** Looking rows of a table up and adding to them. */
    static List<Example> embeddings(int classes, int width) {
        Example.Ints labels =
                (first, batch) -> {
                    int[] chosen = new int[batch];
                    Arrays.setAll(chosen, b -> (first + b) * 3 % classes);
                    return chosen;
                };
        return List.of(
                new Example("embedding " + width)
                        .shared("table", classes, width)
                        .ints("labels", labels)
                        .gives("y", width)
                        .calls((k, t) -> k.embedding(t.get("table"), t.ints("labels"), t.y())),
                new Example("embeddingBackward " + width)
                        .perSample("dY", width)
                        .ints("labels", labels)
                        .givesShared("dTable", classes, width)
                        .calls(
                                (k, t) ->
                                        k.embeddingBackward(
                                                t.get("dY"), t.ints("labels"), t.get("dTable"))));
    }
}
