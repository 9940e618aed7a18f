package dev.getj.kernels;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.MatMulExamples;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every operation, over shapes that fit no vector and over those that do. */
public final class ExampleRuns {
    // tokens of a sample, inputs, outputs
    private static final int[][] LINEAR = {
        {1, 1, 1},
        {1, 33, 100},
        {5, 31, 33},
        {6, 64, 32},
        {31, 5, 100},
        {33, 100, 1},
        {13, 128, 96},
        {100, 33, 65},
        {9, 20, 150}
    };
    // tokens, width
    private static final int[][] ROWS = {{1, 1}, {1, 33}, {5, 31}, {33, 100}, {16, 64}};
    // tokens, width, heads
    private static final int[][] ATTENTION = {
        {1, 1, 1},
        {5, 31, 1},
        {7, 10, 5},
        {16, 16, 2},
        {33, 36, 3},
        {64, 64, 2},
        {20, 99, 1},
        {64, 128, 1},
        {70, 96, 1},
        {131, 24, 2},
        {256, 64, 1},
        {257, 8, 1},
        {300, 32, 1},
        {260, 96, 1}
    };
    // channels, image size, patch size
    private static final int[][] IMAGES = {{1, 1, 1}, {3, 6, 2}, {1, 15, 5}, {4, 8, 4}, {3, 32, 2}};
    private static final int[] SIZES = {1, 5, 31, 33, 100, 4099};

    private ExampleRuns() {}

    public static List<ExampleRun> all() {
        List<Example> examples = new ArrayList<>();
        for (int[] shape : LINEAR) {
            examples.addAll(MatMulExamples.of(shape[0], shape[1], shape[2]));
        }
        // more rows than are summed in one go, in two blocks that differ by one
        examples.addAll(MatMulExamples.weightGradient(367, 9, 14));
        for (int[] shape : ROWS) {
            examples.addAll(NormOp.examples(shape[0], shape[1]));
        }
        for (int[] shape : ATTENTION) {
            examples.addAll(AttentionOp.examples(shape[0], shape[1], shape[2]));
        }
        for (int[] shape : IMAGES) {
            examples.addAll(ImageOp.patches(shape[0], shape[1], shape[2]));
        }
        for (int size : SIZES) {
            examples.addAll(Examples.ofSize(size));
        }
        return examples.stream().map(ExampleRun::new).toList();
    }

    /**
     * Operations with operands of 16 bits, for backends that multiply them: rows and columns that
     * leave tiles of 128 ragged, one step of k and several, and k that ends within a step.
     */
    public static List<ExampleRun> mixed() {
        List<Example> examples = new ArrayList<>(Examples.mixed());
        examples.addAll(Examples.mixed(DType.F16, 33, 36, 52));
        List<Example> coarse = Examples.mixed(DType.BF16, 33, 36, 52);
        examples.addAll(coarse.subList(2, 8));
        examples.addAll(coarse.subList(coarse.size() - 4, coarse.size()));
        // more of k than a panel holds
        examples.addAll(wide(DType.F16));
        examples.addAll(wide(DType.BF16));
        examples.addAll(Examples.mixed(DType.F16, 1, 4, 4).subList(0, 2));
        // whole tiles in the end
        examples.addAll(Examples.mixed(DType.F16, 64, 128, 128).subList(0, 2));
        List<Example> ragged = Examples.mixed(DType.F16, 70, 100, 132);
        examples.addAll(ragged.subList(0, 2));
        examples.addAll(ragged.subList(ragged.size() - 4, ragged.size()));
        // attention: one token, whole tiles, and one key more
        examples.addAll(Examples.attention(DType.F16, 1, 4, 1));
        examples.addAll(Examples.attention(DType.F16, 128, 128, 2));
        examples.addAll(Examples.attention(DType.F16, 65, 40, 1).subList(1, 2));
        // as many keys as a work-group has at most, and one more
        examples.addAll(Examples.attention(DType.F16, 256, 64, 1));
        examples.addAll(Examples.attention(DType.BF16, 257, 8, 1));
        examples.addAll(Examples.mixedTraining());
        // weight gradients of whole tiles, and of rows that fill no step
        examples.add(weightGradient(Examples.mixedTraining(DType.F16, 64, 128, 128, 2)));
        examples.add(weightGradient(Examples.mixedTraining(DType.BF16, 61, 132, 136, 3)));
        // normalisation: rows of a whole work-group, and of a warp whose items hold several words
        examples.addAll(layerNorms(Examples.mixedTraining(DType.BF16, 3, 520, 4, 65)));
        examples.addAll(layerNorms(Examples.mixedTraining(DType.F16, 530, 132, 4, 33)));
        // attention backward: whole tiles, one token, and one more than a tile
        examples.add(Examples.attentionBackward(DType.F16, 64, 64, 1));
        examples.add(Examples.attentionBackward(DType.F16, 1, 4, 1));
        examples.add(Examples.attentionBackward(DType.F16, 65, 40, 1));
        return examples.stream().map(ExampleRun::new).toList();
    }

    /** Of {@link #mixed}, those of ten tiles of 64 × 64 or more for two samples. */
    public static List<ExampleRun> wideMixed() {
        return Stream.of(DType.F16, DType.BF16)
                .flatMap(type -> wide(type).stream())
                .map(ExampleRun::new)
                .toList();
    }

    private static List<Example> wide(DType type) {
        return Examples.mixed(type, 131, 200, 68).subList(0, 2);
    }

    private static List<Example> layerNorms(List<Example> examples) {
        return examples.stream().filter(it -> it.operation().startsWith("layerNorm")).toList();
    }

    private static Example weightGradient(List<Example> examples) {
        return examples.stream()
                .filter(it -> it.operation().equals("linearBackwardWeight"))
                .findFirst()
                .orElseThrow();
    }

    /** The names of all operations, read off the sealed types: linear, linearGelu, … */
    public static Set<String> operations() {
        return Arrays.stream(Operation.class.getPermittedSubclasses())
                .flatMap(family -> Stream.of(family.getPermittedSubclasses()))
                .map(Class::getSimpleName)
                .map(name -> Character.toLowerCase(name.charAt(0)) + name.substring(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
