package dev.getj.kernels.selftest;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Every launch of {@link Kernels} once or more, on small shapes that no tile divides: all ways a
 * device has of computing it.
 */
final class Launches {
    /**
     * A recorded launch.
     *
     * @param kernel the method of {@link Kernels}
     * @param shape what distinguishes it from other launches of the kernel
     * @param results what it modifies
     */
    record Recorded(String kernel, String shape, Program program, List<Tensor> results) {}

    // samples, tokens, width, heads, outputs
    private static final int B = 2;
    private static final int N = 35;
    private static final int D = 36;
    private static final int H = 3;
    private static final int O = 50;
    private static final int R = B * N;
    private static final int CLASSES = 5;
    private static final int HISTORY = 3;
    private static final double[] ADAMW = {1e-3, 0.9, 0.1, 0.999, 0.001, 1e-8, 0.01, 0.19, 0.002};

    private final Backend backend;
    private final Operands operands;
    private final List<Recorded> recorded = new ArrayList<>();
    private int count;

    private Launches(Backend backend, Operands operands) {
        this.backend = backend;
        this.operands = operands;
    }

    /** All launches, recorded and ready to run one after the other. */
    static List<Recorded> on(Backend backend) {
        Launches launches = new Launches(backend, Operands.on(backend, unbacked().operands));
        launches.all();
        launches.operands.upload();
        return launches.recorded;
    }

    /** How many there are. */
    static int count() {
        return unbacked().count;
    }

    private static Launches unbacked() {
        Launches launches = new Launches(null, Operands.unbacked());
        launches.all();
        return launches;
    }

    private void all() {
        forward(R, D, O);
        // enough rows and columns for large tiles
        product(1030, 21, 1930);
        backwardInput();
        weightGradient("70x36x50", R, D, O, true);
        // enough rows to be cut into parts, and columns for large tiles
        weightGradient("1030x130x140", 1030, 130, 140, false);
        injection();
        layerNorm(R, D);
        attention(B, N, D, H);
        attentionSampling(B, N, D, H);
        // the head width of the published networks, and more keys than a tile holds
        attention(1, 131, 128, 2);
        patches();
        labels();
        objective();
        states();
        history();
    }

    private void launch(String kernel, String shape, Consumer<Kernels> call, Tensor... results) {
        count++;
        if (backend != null) {
            Program program = backend.record(kernel + " " + shape, call);
            recorded.add(new Recorded(kernel, shape, program, List.of(results)));
        }
    }

    private Tensor given(int buffer, int... shape) {
        return operands.normal(buffer, shape);
    }

    /** What a launch modifies; holds numbers before, which it may add to. */
    private Tensor result(int buffer, int... shape) {
        return operands.normal(buffer, shape);
    }

    private IntTensor ints(int... values) {
        return backend == null ? null : backend.allocateInts(values.length).set(values);
    }

    // ---- linear ---------------------------------------------------------------------------------

    private void forward(int rows, int in, int out) {
        String shape = rows + "x" + in + "x" + out;
        product(rows, in, out);
        Tensor x = given(0, rows, in);
        Tensor w = given(1, out, in);
        Tensor bias = given(1, out);
        Tensor gelu = result(2, rows, out);
        launch("linearGelu", shape + " no bias", k -> k.linearGelu(x, w, null, null, gelu), gelu);
        Tensor kept = result(2, rows, out);
        Tensor pre = result(3, rows, out);
        launch(
                "linearGelu",
                shape + " keeping",
                k -> k.linearGelu(x, w, bias, pre, kept),
                kept,
                pre);
        Tensor inPlace = result(2, rows, out);
        launch(
                "linearResidual",
                shape + " in place",
                k -> k.linearResidual(x, w, bias, inPlace, inPlace),
                inPlace);
        Tensor position = given(1, rows / B, out);
        Tensor placed = result(2, rows, out);
        launch(
                "linearResidual",
                shape + " of positions",
                k -> k.linearResidual(x, w, bias, position, placed),
                placed);
        Tensor injection = given(3, rows, out + 7);
        Tensor condition = given(4, B, out);
        Tensor injected = result(2, rows, out);
        launch(
                "linearInjected",
                shape,
                k -> k.linearInjected(x, w, bias, injection, 3, condition, injected),
                injected);
    }

    private void product(int rows, int in, int out) {
        Tensor x = given(0, rows, in);
        Tensor w = given(1, out, in);
        Tensor bias = given(1, out);
        Tensor y = result(2, rows, out);
        launch("linear", rows + "x" + in + "x" + out, k -> k.linear(x, w, bias, y), y);
    }

    private void backwardInput() {
        String shape = R + "x" + D + "x" + O;
        Tensor dY = given(0, R, O);
        Tensor w = given(1, O, D);
        Tensor dX = result(2, R, D);
        launch("linearBackwardInput", shape, k -> k.linearBackwardInput(dY, w, dX), dX);
        Tensor pre = given(3, R, D);
        Tensor dPre = result(2, R, D);
        launch(
                "linearGeluBackwardInput",
                shape,
                k -> k.linearGeluBackwardInput(dY, w, pre, dPre),
                dPre);
    }

    private void weightGradient(String shape, int rows, int in, int out, boolean biased) {
        Tensor dY = given(0, rows, out);
        Tensor x = given(3, rows, in);
        Tensor dW = result(5, out, in);
        Tensor dBias = biased ? result(5, out) : null;
        launch(
                "linearBackwardWeight",
                shape,
                k -> k.linearBackwardWeight(dY, x, dW, dBias),
                biased ? new Tensor[] {dW, dBias} : new Tensor[] {dW});
    }

    private void injection() {
        Tensor dY = given(0, R, O);
        Tensor dInjection = result(3, R, O + 7);
        Tensor dCondition = result(4, B, O);
        launch(
                "injectionBackward",
                R + "x" + O,
                k -> k.injectionBackward(dY, dInjection, 3, dCondition),
                dInjection,
                dCondition);
    }

    // ---- normalisation and attention ------------------------------------------------------------

    private void layerNorm(int rows, int width) {
        String shape = rows + "x" + width;
        Tensor x = given(0, rows, width);
        Tensor gamma = given(1, width);
        Tensor beta = given(1, width);
        Tensor y = result(2, rows, width);
        Tensor statistics = result(3, rows, 2);
        launch("layerNorm", shape, k -> k.layerNorm(x, gamma, beta, y, statistics), y, statistics);
        Tensor dY = given(4, rows, width);
        Tensor dX = result(2, rows, width);
        Tensor dGamma = result(5, width);
        Tensor dBeta = result(5, width);
        launch(
                "layerNormBackward",
                shape,
                k -> k.layerNormBackward(dY, x, gamma, statistics, dX, dGamma, dBeta),
                dX,
                dGamma,
                dBeta);
    }

    private void attention(int samples, int tokens, int width, int heads) {
        String shape = samples + "x" + tokens + "x" + width + "/" + heads;
        Tensor qkv = given(0, samples, tokens, 3 * width);
        Tensor y = result(1, samples, tokens, width);
        Tensor logSumExp = result(2, samples, heads, tokens);
        launch("attention", shape, k -> k.attention(qkv, heads, y, logSumExp), y, logSumExp);
        Tensor dY = given(3, samples, tokens, width);
        Tensor dQkv = result(4, samples, tokens, 3 * width);
        launch(
                "attentionBackward",
                shape,
                k -> k.attentionBackward(dY, qkv, y, logSumExp, heads, dQkv),
                dQkv);
    }

    private void attentionSampling(int samples, int tokens, int width, int heads) {
        String shape = samples + "x" + tokens + "x" + width + "/" + heads;
        Tensor qkv = given(0, samples, tokens, 3 * width);
        Tensor y = result(1, samples, tokens, width);
        launch("attention", shape + " sampling", k -> k.attention(qkv, heads, y, null), y);
    }

    // ---- images and labels ----------------------------------------------------------------------

    private void patches() {
        for (PatchOrder order : PatchOrder.values()) {
            Tensor image = given(0, B, 3, 6, 6);
            Tensor cut = result(1, B, 9, 12);
            launch("patchify", order.toString(), k -> k.patchify(image, order, cut), cut);
            Tensor patches = given(2, B, 9, 12);
            Tensor joined = result(3, B, 3, 6, 6);
            launch(
                    "unpatchify",
                    order.toString(),
                    k -> k.unpatchify(patches, order, joined),
                    joined);
        }
    }

    private void labels() {
        IntTensor labels = ints(4, 0, 4);
        Tensor table = given(0, CLASSES, D);
        Tensor y = result(1, 3, D);
        launch("embedding", "3 of " + CLASSES, k -> k.embedding(table, labels, y), y);
        Tensor dY = given(0, 3, D);
        Tensor dTable = result(5, CLASSES, D);
        launch(
                "embeddingBackward",
                "3 of " + CLASSES,
                k -> k.embeddingBackward(dY, labels, dTable),
                dTable);
    }

    // ---- objective and optimiser ----------------------------------------------------------------

    private void objective() {
        for (LossKind kind : LossKind.values()) {
            Tensor prediction = given(0, B, 1033);
            Tensor target = given(1, B, 1033);
            Tensor loss = result(2, 1);
            Tensor dPrediction = result(3, B, 1033);
            launch(
                    "loss",
                    kind.toString(),
                    k -> k.loss(kind, prediction, target, 0.7f, loss, dPrediction),
                    loss,
                    dPrediction);
        }
        int size = 1033;
        double[] squares = {1e-4, 0.3, 2};
        Tensor settings = operands.of(0, ADAMW, ADAMW.length);
        Tensor gradients = given(1, size);
        Tensor weights = result(2, size);
        Tensor first = result(3, size);
        Tensor second = operands.of(4, squares, size);
        launch(
                "adamW",
                "" + size,
                k -> k.adamW(settings, gradients, weights, first, second),
                weights,
                first,
                second);
        Tensor average = result(5, size);
        launch("ema", "" + size, k -> k.ema(gradients, 0.9999, average), average);
    }

    // ---- states ---------------------------------------------------------------------------------

    private void states() {
        int size = 1033;
        String shape = B + "x" + size;
        Tensor x = given(0, B, size);
        Tensor filled = result(1, B, size);
        launch("fill", shape, k -> k.fill(-2.5f, filled), filled);
        Tensor copied = result(1, B, size);
        launch("copy", shape, k -> k.copy(x, copied), copied);
        Tensor added = result(1, B, size);
        launch("add", shape, k -> k.add(x, added), added);
        Tensor mixed = result(1, B, size);
        launch("mix", shape, k -> k.mix(0.3f, x, -1.7f, mixed), mixed);
        IntTensor key = ints(42, -3, 1, 9, 5);
        Tensor noise = result(1, B, size);
        launch("normal", shape, k -> k.normal(key, noise), noise);
        Tensor next = given(1, B, size);
        Tensor norms = result(2, B, 2);
        launch("residualNorms", shape, k -> k.residualNorms(next, x, norms), norms);
        // one sample better than before, one not: 1/2 < 0.6, 3/4 > 0.7
        Tensor residuals = operands.of(3, new double[] {1, 2, 3, 4}, B, 2);
        for (boolean relative : new boolean[] {true, false}) {
            double[] before = relative ? new double[] {0.6, 0.7} : new double[] {0.7, 3.5};
            Tensor lowest = operands.of(4, before, B);
            Tensor best = result(1, B, size);
            launch(
                    "keepBest",
                    relative ? "relative" : "absolute",
                    k -> k.keepBest(residuals, relative, lowest, x, best),
                    lowest,
                    best);
        }
        IntTensor chosen = ints(0, 1);
        Tensor kept = result(1, B, size);
        launch("select", shape, k -> k.select(chosen, x, kept), kept);
    }

    private void history() {
        int size = 333;
        String shape = HISTORY + "x" + B + "x" + size;
        Tensor history = given(0, HISTORY, B, size);
        Tensor x = given(1, B, size);
        Tensor dots = result(2, B, HISTORY);
        launch("innerProducts", shape, k -> k.innerProducts(history, x, dots), dots);
        Tensor coefficients = given(3, B, HISTORY);
        Tensor y = result(1, B, size);
        launch("combine", shape, k -> k.combine(coefficients, history, 0.5f, y), y);
    }
}
