package dev.getj.kernels.op;

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
     * Every operation, on small shapes that no tile divides, and on those that bring out all ways a
     * device has of computing it. A second or so on any backend.
     */
    public static List<Example> small() {
        List<Example> examples = new ArrayList<>();
        examples.addAll(twoOfEach(MatMulOp.examples(35, 36, 50)));
        // enough rows and columns for large tiles
        examples.addAll(MatMulOp.examples(515, 21, 1930).subList(0, 1));
        // enough rows to be cut into parts, and columns for large tiles
        examples.add(MatMulOp.weightGradient(515, 130, 140).getLast());
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
