package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Every {@link StateOp}. */
final class StateExamples {
    private static final int STATES = 3;

    private StateExamples() {}

    /** On samples of {@code size} elements. */
    static List<Example> of(int size) {
        List<Example> examples = new ArrayList<>();
        examples.add(
                new Example("fill " + size).gives("y", size).calls((k, t) -> k.fill(-2.5f, t.y())));
        examples.add(
                new Example("fillColumns " + size)
                        .gives("y", 3 * size)
                        .calls((k, t) -> k.fillColumns(-2.5f, t.y(), size, size)));
        examples.add(elementwise("copy", size).calls((k, t) -> k.copy(t.x(), t.y())));
        examples.add(cast(size));
        examples.add(elementwise("add", size).calls((k, t) -> k.add(t.x(), t.y())));
        examples.add(elementwise("mix", size).calls((k, t) -> k.mix(0.3f, t.x(), -1.7f, t.y())));
        examples.add(
                new Example("normal " + size)
                        .ints("key", (first, _) -> new int[] {42, -3, 1, first, 5})
                        .gives("y", size)
                        .calls((k, t) -> k.normal(t.ints("key"), t.y())));
        examples.add(
                new Example("residualNorms " + size)
                        .perSample("next", size)
                        .perSample("previous", size)
                        .gives("norms", 2)
                        .calls(StateExamples::norms));
        for (boolean relative : new boolean[] {false, true}) {
            examples.add(
                    new Example("keepBest " + size + (relative ? " relative" : ""))
                            .perSample("next", size)
                            .perSample("previous", size)
                            .gives("norms", 2)
                            .gives("lowest", StateExamples::lowOrHigh, 1)
                            .gives("best", size)
                            .calls(
                                    (k, t) -> {
                                        norms(k, t);
                                        k.keepBest(
                                                t.get("norms"),
                                                relative,
                                                t.get("lowest"),
                                                t.get("next"),
                                                t.get("best"));
                                    }));
            examples.add(
                    new Example("advance " + size + (relative ? " relative" : ""))
                            .perSample("next", size)
                            .gives("state", size)
                            .gives("norms", 2)
                            .gives("lowest", StateExamples::lowOrHigh, 1)
                            .gives("best", size)
                            .calls(
                                    (k, t) ->
                                            k.advance(
                                                    t.get("next"),
                                                    t.get("state"),
                                                    t.get("norms"),
                                                    relative,
                                                    t.get("lowest"),
                                                    t.get("best"))));
        }
        examples.add(
                new Example("select " + size)
                        .perSample("from", size)
                        .gives("to", size)
                        .ints("chosen", StateExamples::everyThirdLeftOut)
                        .calls((k, t) -> k.select(t.ints("chosen"), t.get("from"), t.get("to"))));
        examples.addAll(histories(size));
        return examples;
    }

    static Example cast(int size) {
        return elementwise("cast", size).calls((k, t) -> k.cast(t.x(), t.y()));
    }

    private static Example elementwise(String operation, int size) {
        return new Example(operation + " " + size).perSample("x", size).gives("y", size);
    }

    private static int[] everyThirdLeftOut(int first, int batch) {
        int[] chosen = new int[batch];
        Arrays.setAll(chosen, b -> (first + b) % 3);
        return chosen;
    }

    // a residual that is lower than any, or higher
    private static double lowOrHigh(Random random) {
        random.nextGaussian();
        return random.nextGaussian() < 0 ? 1e-6 : 1e6;
    }

    private static void norms(Kernels k, Example.Named t) {
        k.residualNorms(t.get("next"), t.get("previous"), t.get("norms"));
    }

    // A history lies state by state, so a sample's part of it is no row: each state comes in as an
    // operand of its own, and the history is put together in memory of the right size.
    private static List<Example> histories(int size) {
        List<Example> examples = new ArrayList<>();
        examples.add(
                states("innerProducts " + size, size)
                        .perSample("state1", size)
                        .perSample("x", size)
                        .gives("dots", STATES)
                        .calls((k, t) -> k.innerProducts(history(k, t), t.x(), t.get("dots"))));
        for (float beta : new float[] {0, -0.7f}) {
            examples.add(
                    states("combine " + beta + " " + size, size)
                            .perSample("state1", size)
                            .perSample("coefficients", STATES)
                            .gives("y", size)
                            .calls((k, t) -> combine(k, t, beta)));
        }
        Example.Values nan = _ -> Double.NaN;
        examples.add(
                states("combine without a NaN " + size, size)
                        .perSample("state1", nan, size)
                        .perSample("coefficients", new InOrder(0.4, 0, -1.2), STATES)
                        .gives("y", nan, size)
                        .calls((k, t) -> combine(k, t, 0)));
        return examples;
    }

    private static Example states(String name, int size) {
        return new Example(name)
                .perSample("state0", size)
                .perSample("state2", size)
                .perSample("memory", STATES, size);
    }

    private static void combine(Kernels k, Example.Named t, float beta) {
        k.combine(t.get("coefficients"), history(k, t), beta, t.y());
    }

    private static Tensor history(Kernels k, Example.Named t) {
        Tensor first = t.get("state0");
        Tensor history = t.get("memory").view(0, STATES, first.dim(0), first.dim(1));
        for (int j = 0; j < STATES; j++) {
            k.copy(t.get("state" + j), history.view(j * first.size(), first.shape()));
        }
        return history;
    }
}
