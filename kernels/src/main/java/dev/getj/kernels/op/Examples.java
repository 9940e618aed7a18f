package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Example calls of every operation, family by family. */
public final class Examples {
    private Examples() {}

    /** Samples of the batch that {@link #small} is meant for. */
    public static final int SMALL_BATCH = 2;

    /**
     * Every operation, on small shapes that no tile divides, though a library takes them, and on
     * those that bring out all ways a device has of computing it. A second or so on any backend.
     */
    public static List<Example> small() {
        List<Example> examples = new ArrayList<>();
        examples.addAll(twoOfEach(MatMulExamples.of(35, 36, 52)));
        // enough rows and columns for large tiles
        examples.addAll(MatMulExamples.of(515, 21, 1930).subList(0, 1));
        // enough rows to be cut into parts, and columns for large tiles
        examples.add(MatMulExamples.weightGradient(515, 130, 140).getLast());
        examples.addAll(NormOp.examples(35, 36));
        examples.addAll(AttentionOp.examples(35, 36, 3));
        // the head width of the published networks, and more keys than a tile holds
        examples.addAll(AttentionOp.examples(131, 128, 2));
        examples.addAll(ImageOp.patches(3, 6, 2));
        examples.addAll(ImageOp.embeddings(5, 36));
        examples.addAll(LossOp.examples(1033));
        examples.addAll(OptimizerOp.examples(1033));
        examples.addAll(StateExamples.of(1033));
        return examples;
    }

    /**
     * Operations with operands of 16 bits, for backends that {@link
     * dev.getj.kernels.Backend#mixes}: on small shapes that no tile divides, with float results and
     * with rounded ones.
     */
    public static List<Example> mixed() {
        List<Example> examples = new ArrayList<>(twoOfEach(mixed(DType.F16, 35, 40, 56)));
        examples.addAll(mixed(DType.BF16, 35, 40, 56).subList(0, 2));
        examples.addAll(MatMulExamples.mixedInjections(DType.F16, 35, 40, 56));
        examples.add(ImageOp.embeddings(7, 36).getFirst().of(DType.F16, "table", "y"));
        // those that save nothing for a backward pass
        examples.add(NormOp.examples(35, 36).get(1).of(DType.F16, "y"));
        examples.add(NormOp.examples(35, 36).get(4).of(DType.F16, "y"));
        examples.add(AttentionOp.examples(35, 36, 3).get(1).of(DType.F16, "y"));
        examples.addAll(attention(DType.F16, 35, 36, 3));
        examples.addAll(attention(DType.BF16, 131, 128, 2));
        // more keys than a device takes at once where there are few queries
        examples.add(attention(DType.F16, 257, 8, 1).getLast());
        for (DType type : List.of(DType.F16, DType.BF16)) {
            examples.add(StateExamples.cast(1033).of(type, "x"));
            examples.add(StateExamples.cast(1033).of(type, "y"));
        }
        return examples;
    }

    /**
     * What backward passes and the optimiser do with operands of 16 bits, and forward passes that
     * save for them: for backends that {@link dev.getj.kernels.Backend#mixes}, on small shapes that
     * no tile divides.
     */
    public static List<Example> mixedTraining() {
        List<Example> examples = new ArrayList<>(mixedTraining(DType.BF16, 35, 36, 52, 3));
        examples.addAll(mixedTraining(DType.F16, 35, 36, 52, 3));
        // the head width of the published networks, and more keys than a tile holds
        examples.add(attentionBackward(DType.BF16, 70, 64, 1));
        return examples;
    }

    /**
     * The same for one format, on samples of {@code n} rows.
     *
     * @param in width of normalisation and attention, too
     */
    public static List<Example> mixedTraining(DType type, int n, int in, int out, int heads) {
        List<Example> examples = new ArrayList<>(MatMulExamples.mixedTraining(type, n, in, out));
        for (Example example : NormOp.examples(n, in)) {
            switch (example.operation()) {
                case "layerNorm" -> {
                    if (example.variant().startsWith("keeping")) {
                        examples.add(example.of(type, "y"));
                    }
                }
                case "layerNormBackward" -> examples.add(example.of(type, "dY"));
                default -> {}
            }
        }
        examples.add(attentionBackward(type, n, in, heads));
        examples.add(OptimizerOp.mixedTrainingExample(type, n * in + 1));
        return examples;
    }

    /** Gradient of attention, of 16 bits but for log-sum-exp. */
    public static Example attentionBackward(DType type, int n, int width, int heads) {
        return AttentionOp.examples(n, width, heads).getLast().of(type, "dY", "qkv", "y", "dQkv");
    }

    /** Products with factors of 16 bits, on samples of {@code n} rows. */
    public static List<Example> mixed(DType type, int n, int in, int out) {
        return MatMulExamples.mixed(type, n, in, out);
    }

    /** Attention, keeping log-sum-exp or not, of 16-bit queries, keys and values. */
    public static List<Example> attention(DType type, int n, int width, int heads) {
        return AttentionOp.examples(n, width, heads).subList(0, 2).stream()
                .map(example -> example.of(type, "qkv", "y"))
                .toList();
    }

    /** Operations that depend on the number of elements of a sample alone. */
    public static List<Example> ofSize(int size) {
        List<Example> examples = new ArrayList<>();
        examples.addAll(ImageOp.embeddings(7, size));
        examples.addAll(LossOp.examples(size));
        examples.addAll(OptimizerOp.examples(size));
        examples.addAll(StateExamples.of(size));
        return examples;
    }

    private static List<Example> twoOfEach(List<Example> examples) {
        Map<String, Integer> counts = new HashMap<>();
        return examples.stream()
                .filter(example -> counts.merge(example.operation(), 1, Integer::sum) <= 2)
                .toList();
    }
}
