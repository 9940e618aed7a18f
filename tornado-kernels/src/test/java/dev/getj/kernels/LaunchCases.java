package dev.getj.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Every launch of {@link Kernels}, over shapes that fit no vector and over those that do. */
final class LaunchCases {
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
    private static final double[] ADAMW = {1e-3, 0.9, 0.1, 0.999, 0.001, 1e-8, 0.01, 0.19, 0.002};
    private static final int LABELS = 7;

    private LaunchCases() {}

    static List<LaunchCase> all() {
        List<LaunchCase> cases = new ArrayList<>();
        Arrays.stream(LINEAR).forEach(shape -> linear(cases, shape[0], shape[1], shape[2]));
        // more rows than are summed in one go, in two blocks that differ by one
        weightGradient(cases, 367, 9, 14);
        Arrays.stream(ROWS).forEach(shape -> layerNorm(cases, shape[0], shape[1]));
        Arrays.stream(ATTENTION).forEach(shape -> attention(cases, shape[0], shape[1], shape[2]));
        Arrays.stream(IMAGES).forEach(shape -> patches(cases, shape[0], shape[1], shape[2]));
        Arrays.stream(SIZES)
                .forEach(
                        size -> {
                            embedding(cases, size);
                            objective(cases, size);
                            states(cases, size);
                            histories(cases, size);
                        });
        return cases;
    }

    private static void linear(List<LaunchCase> cases, int n, int in, int out) {
        String shape = " " + n + "x" + in + "x" + out;
        for (boolean biased : new boolean[] {true, false}) {
            String name = shape + (biased ? " bias" : "");
            cases.add(
                    forward(
                            biased,
                            n,
                            in,
                            out,
                            "linear" + name,
                            (k, t) -> k.linear(t.get("x"), t.get("w"), t.get("bias"), t.get("y"))));
            LaunchCase.Call gelu =
                    (k, t) ->
                            k.linearGelu(
                                    t.get("x"),
                                    t.get("w"),
                                    t.get("bias"),
                                    t.get("pre"),
                                    t.get("y"));
            cases.add(forward(biased, n, in, out, "linearGelu" + name, gelu));
            cases.add(
                    forward(biased, n, in, out, "linearGelu keeping" + name, gelu)
                            .gives("pre", n, out));
            LaunchCase.Call residual =
                    (k, t) ->
                            k.linearResidual(
                                    t.get("x"),
                                    t.get("w"),
                                    t.get("bias"),
                                    t.get("residual"),
                                    t.get("y"));
            cases.add(
                    forward(biased, n, in, out, "linearResidual" + name, residual)
                            .perSample("residual", n, out));
            cases.add(
                    forward(biased, n, in, out, "linearResidual repeated" + name, residual)
                            .shared("residual", n, out));
            cases.add(
                    forward(
                            biased,
                            n,
                            in,
                            out,
                            "linearResidual in place" + name,
                            (k, t) ->
                                    k.linearResidual(
                                            t.get("x"),
                                            t.get("w"),
                                            t.get("bias"),
                                            t.get("y"),
                                            t.get("y"))));
            LaunchCase.Call injected =
                    (k, t) ->
                            k.linearInjected(
                                    t.get("x"),
                                    t.get("w"),
                                    t.get("bias"),
                                    t.get("injection"),
                                    3,
                                    t.get("condition"),
                                    t.get("y"));
            cases.add(forward(biased, n, in, out, "linearInjected none" + name, injected));
            cases.add(
                    forward(biased, n, in, out, "linearInjected slice" + name, injected)
                            .perSample("injection", n, out + 5));
            cases.add(
                    forward(biased, n, in, out, "linearInjected both" + name, injected)
                            .perSample("injection", n, out + 3)
                            .perSample("condition", out));
        }
        cases.add(
                new LaunchCase(
                                "linearBackwardInput" + shape,
                                (k, t) ->
                                        k.linearBackwardInput(t.get("dY"), t.get("w"), t.get("dX")))
                        .perSample("dY", n, out)
                        .shared("w", out, in)
                        .gives("dX", n, in));
        cases.add(
                new LaunchCase(
                                "linearGeluBackwardInput" + shape,
                                (k, t) ->
                                        k.linearGeluBackwardInput(
                                                t.get("dY"),
                                                t.get("w"),
                                                t.get("pre"),
                                                t.get("dPre")))
                        .perSample("dY", n, out)
                        .shared("w", out, in)
                        .perSample("pre", n, in)
                        .gives("dPre", n, in));
        weightGradient(cases, n, in, out);
        LaunchCase.Call injection =
                (k, t) ->
                        k.injectionBackward(
                                t.get("dY"), t.get("dInjection"), 2, t.get("dCondition"));
        cases.add(
                new LaunchCase("injectionBackward slice" + shape, injection)
                        .perSample("dY", n, out)
                        .gives("dInjection", n, out + 2));
        cases.add(
                new LaunchCase("injectionBackward both" + shape, injection)
                        .perSample("dY", n, out)
                        .gives("dInjection", n, out + 7)
                        .gives("dCondition", out));
    }

    private static void weightGradient(List<LaunchCase> cases, int n, int in, int out) {
        String shape = " " + n + "x" + in + "x" + out;
        LaunchCase.Call weight =
                (k, t) ->
                        k.linearBackwardWeight(
                                t.get("dY"), t.get("x"), t.get("dW"), t.get("dBias"));
        cases.add(
                new LaunchCase("linearBackwardWeight" + shape, weight)
                        .perSample("dY", n, out)
                        .perSample("x", n, in)
                        .givesShared("dW", out, in));
        cases.add(
                new LaunchCase("linearBackwardWeight bias" + shape, weight)
                        .perSample("dY", n, out)
                        .perSample("x", n, in)
                        .givesShared("dW", out, in)
                        .givesShared("dBias", out));
    }

    private static LaunchCase forward(
            boolean biased, int n, int in, int out, String name, LaunchCase.Call call) {
        LaunchCase launch =
                new LaunchCase(name, call)
                        .perSample("x", n, in)
                        .shared("w", out, in)
                        .gives("y", n, out);
        return biased ? launch.shared("bias", out) : launch;
    }

    private static void layerNorm(List<LaunchCase> cases, int n, int width) {
        String shape = " " + n + "x" + width;
        LaunchCase.Call forward =
                (k, t) ->
                        k.layerNorm(
                                t.get("x"),
                                t.get("gamma"),
                                t.get("beta"),
                                t.get("y"),
                                t.get("statistics"));
        cases.add(normed("layerNorm" + shape, forward, n, width));
        cases.add(normed("layerNorm keeping" + shape, forward, n, width).gives("statistics", n, 2));
        cases.add(
                normed(
                                "layerNormBackward" + shape,
                                (k, t) -> {
                                    forward.launch(k, t);
                                    k.layerNormBackward(
                                            t.get("dY"),
                                            t.get("x"),
                                            t.get("gamma"),
                                            t.get("statistics"),
                                            t.get("dX"),
                                            t.get("dGamma"),
                                            t.get("dBeta"));
                                },
                                n,
                                width)
                        .gives("statistics", n, 2)
                        .perSample("dY", n, width)
                        .gives("dX", n, width)
                        .givesShared("dGamma", width)
                        .givesShared("dBeta", width));
    }

    private static LaunchCase normed(String name, LaunchCase.Call call, int n, int width) {
        return new LaunchCase(name, call)
                .perSample("x", n, width)
                .shared("gamma", width)
                .shared("beta", width)
                .gives("y", n, width);
    }

    private static void attention(List<LaunchCase> cases, int n, int width, int heads) {
        String shape = " " + n + "x" + width + "/" + heads;
        LaunchCase.Call forward =
                (k, t) -> k.attention(t.get("qkv"), heads, t.get("y"), t.get("logSumExp"));
        cases.add(
                new LaunchCase("attention" + shape, forward)
                        .perSample("qkv", n, 3 * width)
                        .gives("y", n, width));
        cases.add(
                new LaunchCase("attention keeping" + shape, forward)
                        .perSample("qkv", n, 3 * width)
                        .gives("y", n, width)
                        .gives("logSumExp", heads, n));
        cases.add(
                new LaunchCase(
                                "attentionBackward" + shape,
                                (k, t) -> {
                                    forward.launch(k, t);
                                    k.attentionBackward(
                                            t.get("dY"),
                                            t.get("qkv"),
                                            t.get("y"),
                                            t.get("logSumExp"),
                                            heads,
                                            t.get("dQkv"));
                                })
                        .perSample("qkv", n, 3 * width)
                        .gives("y", n, width)
                        .gives("logSumExp", heads, n)
                        .perSample("dY", n, width)
                        .gives("dQkv", n, 3 * width));
    }

    private static void patches(List<LaunchCase> cases, int channels, int side, int patch) {
        int tokens = side / patch * (side / patch);
        int features = channels * patch * patch;
        for (PatchOrder order : PatchOrder.values()) {
            String name = " " + order + " " + channels + "x" + side + "/" + patch;
            cases.add(
                    new LaunchCase(
                                    "patchify" + name,
                                    (k, t) -> k.patchify(t.get("image"), order, t.get("patches")))
                            .perSample("image", channels, side, side)
                            .gives("patches", tokens, features));
            cases.add(
                    new LaunchCase(
                                    "unpatchify" + name,
                                    (k, t) -> k.unpatchify(t.get("patches"), order, t.get("image")))
                            .perSample("patches", tokens, features)
                            .gives("image", channels, side, side));
        }
    }

    private static void embedding(List<LaunchCase> cases, int width) {
        LaunchCase.Ints labels =
                (first, batch) -> {
                    int[] chosen = new int[batch];
                    Arrays.setAll(chosen, b -> (first + b) * 3 % LABELS);
                    return chosen;
                };
        cases.add(
                new LaunchCase(
                                "embedding " + width,
                                (k, t) -> k.embedding(t.get("table"), t.ints("labels"), t.get("y")))
                        .shared("table", LABELS, width)
                        .ints("labels", labels)
                        .gives("y", width));
        cases.add(
                new LaunchCase(
                                "embeddingBackward " + width,
                                (k, t) ->
                                        k.embeddingBackward(
                                                t.get("dY"), t.ints("labels"), t.get("dTable")))
                        .perSample("dY", width)
                        .ints("labels", labels)
                        .givesShared("dTable", LABELS, width));
    }

    private static void objective(List<LaunchCase> cases, int size) {
        for (LossKind kind : LossKind.values()) {
            LaunchCase.Call loss =
                    (k, t) ->
                            k.loss(
                                    kind,
                                    t.get("prediction"),
                                    t.get("target"),
                                    0.7f,
                                    t.get("loss"),
                                    t.get("dPrediction"));
            cases.add(
                    new LaunchCase("loss " + kind + " " + size, loss)
                            .perSample("prediction", size)
                            .perSample("target", size)
                            .givesShared("loss", 1));
            cases.add(
                    new LaunchCase("loss gradient " + kind + " " + size, loss)
                            .shared("prediction", 3, size)
                            .shared("target", 3, size)
                            .givesShared("loss", 1)
                            .givesShared("dPrediction", 3, size));
        }
        LaunchCase.Values positive = random -> 1e-4 + Math.abs(random.nextGaussian());
        cases.add(
                new LaunchCase(
                                "adamW " + size,
                                (k, t) ->
                                        k.adamW(
                                                t.get("settings"),
                                                t.get("gradients"),
                                                t.get("weights"),
                                                t.get("firstMoment"),
                                                t.get("secondMoment")))
                        .shared("settings", new InOrder(ADAMW), ADAMW.length)
                        .shared("gradients", size)
                        .givesShared("weights", size)
                        .givesShared("firstMoment", size)
                        .givesShared("secondMoment", positive, size));
        cases.add(
                new LaunchCase(
                                "ema " + size,
                                (k, t) -> k.ema(t.get("weights"), 0.9999, t.get("average")))
                        .shared("weights", size)
                        .givesShared("average", size));
    }

    private static void states(List<LaunchCase> cases, int size) {
        cases.add(
                new LaunchCase("fill " + size, (k, t) -> k.fill(-2.5f, t.get("y")))
                        .gives("y", size));
        cases.add(
                new LaunchCase("copy " + size, (k, t) -> k.copy(t.get("x"), t.get("y")))
                        .perSample("x", size)
                        .gives("y", size));
        cases.add(
                new LaunchCase("add " + size, (k, t) -> k.add(t.get("x"), t.get("y")))
                        .perSample("x", size)
                        .gives("y", size));
        cases.add(
                new LaunchCase("mix " + size, (k, t) -> k.mix(0.3f, t.get("x"), -1.7f, t.get("y")))
                        .perSample("x", size)
                        .gives("y", size));
        cases.add(
                new LaunchCase("normal " + size, (k, t) -> k.normal(t.ints("key"), t.get("y")))
                        .ints("key", (first, batch) -> new int[] {42, -3, 1, first, 5})
                        .gives("y", size));
        cases.add(
                new LaunchCase(
                                "residualNorms " + size,
                                (k, t) ->
                                        k.residualNorms(
                                                t.get("next"), t.get("previous"), t.get("norms")))
                        .perSample("next", size)
                        .perSample("previous", size)
                        .gives("norms", 2));
        for (boolean relative : new boolean[] {false, true}) {
            cases.add(
                    new LaunchCase(
                                    "keepBest " + size + (relative ? " relative" : ""),
                                    (k, t) -> {
                                        Tensor lowest = t.get("lowest");
                                        k.fill(2f, lowest);
                                        k.residualNorms(
                                                t.get("next"), t.get("previous"), t.get("norms"));
                                        k.keepBest(
                                                t.get("norms"),
                                                relative,
                                                lowest,
                                                t.get("next"),
                                                t.get("best"));
                                    })
                            .perSample("next", size)
                            .perSample("previous", size)
                            .gives("norms", 2)
                            .gives("lowest", 1)
                            .gives("best", size));
        }
        cases.add(
                new LaunchCase(
                                "select " + size,
                                (k, t) -> k.select(t.ints("chosen"), t.get("from"), t.get("to")))
                        .perSample("from", size)
                        .gives("to", size)
                        .ints(
                                "chosen",
                                (first, batch) -> {
                                    int[] chosen = new int[batch];
                                    Arrays.setAll(chosen, b -> (first + b) % 3);
                                    return chosen;
                                }));
    }

    // A history lies state by state, so a sample's part of it is no row: each state comes in as an
    // operand of its own, and the history is put together in memory of the right size.
    private static void histories(List<LaunchCase> cases, int size) {
        int states = 3;
        cases.add(
                new LaunchCase(
                                "innerProducts " + size,
                                (k, t) -> {
                                    Tensor history = history(k, t, states);
                                    k.innerProducts(history, t.get("x"), t.get("dots"));
                                })
                        .perSample("state0", size)
                        .perSample("state1", size)
                        .perSample("state2", size)
                        .perSample("memory", states, size)
                        .perSample("x", size)
                        .gives("dots", states));
        for (float beta : new float[] {0, -0.7f}) {
            cases.add(
                    new LaunchCase(
                                    "combine %s %d".formatted(beta, size),
                                    (k, t) ->
                                            k.combine(
                                                    t.get("coefficients"),
                                                    history(k, t, states),
                                                    beta,
                                                    t.get("y")))
                            .perSample("state0", size)
                            .perSample("state1", size)
                            .perSample("state2", size)
                            .perSample("memory", states, size)
                            .perSample("coefficients", states)
                            .gives("y", size));
        }
        LaunchCase.Values nan = random -> Double.NaN;
        cases.add(
                new LaunchCase(
                                "combine without a NaN " + size,
                                (k, t) ->
                                        k.combine(
                                                t.get("coefficients"),
                                                history(k, t, states),
                                                0,
                                                t.get("y")))
                        .perSample("state0", size)
                        .perSample("state1", nan, size)
                        .perSample("state2", size)
                        .perSample("memory", states, size)
                        .perSample("coefficients", new InOrder(0.4, 0, -1.2), states)
                        .gives("y", nan, size));
    }

    private static Tensor history(Kernels k, LaunchCase.Operands t, int states) {
        Tensor first = t.get("state0");
        int[] shape = {states, first.dim(0), first.dim(1)};
        Tensor history = t.get("memory").view(0, shape);
        for (int j = 0; j < states; j++) {
            k.copy(t.get("state" + j), history.view(j * first.size(), first.shape()));
        }
        return history;
    }

    // the given values, one after the other
    private static final class InOrder implements LaunchCase.Values {
        private final double[] values;
        private int next;

        InOrder(double... values) {
            this.values = values;
        }

        @Override
        public double next(Random random) {
            return values[next++ % values.length];
        }
    }
}
