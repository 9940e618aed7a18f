package dev.getj.kernels.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.ExampleRuns;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What operations cost, against the formulas on shapes whose factors are primes. */
class OperationCostTest {
    private static final Backend BACKEND = new JvmBackend(1);
    // samples, tokens, inputs or width, outputs, heads
    private static final int B = 2;
    private static final int N = 11;
    private static final int I = 6;
    private static final int O = 7;
    private static final int R = B * N;

    private final List<Cost> costs = new ArrayList<>();

    private static Tensor t(int... shape) {
        return BACKEND.allocate(shape);
    }

    private void expect(double flops, double floats, Consumer<Kernels> operation) {
        Cost cost = Kernels.record(operation).getLast().cost();
        costs.add(cost);
        assertEquals(flops, cost.flops(), cost.operation());
        assertEquals(4 * floats, cost.bytes(), cost.operation());
    }

    @Test
    void everyOperationHasItsTextbookCost() {
        double product = 2.0 * R * I * O;
        double operands = R * I + O * I;
        Tensor x = t(R, I);
        Tensor w = t(O, I);
        Tensor b = t(O);
        Tensor y = t(R, O);
        Tensor two = t(R, 2);
        expect(product, operands + O + R * O, k -> k.linear(x, w, b, y));
        expect(product, operands + R * O, k -> k.linear(x, w, null, y));
        expect(product, operands + O + R * O, k -> k.linearGelu(x, w, b, null, y));
        expect(product, operands + O + 2 * R * O, k -> k.linearGelu(x, w, b, t(R, O), y));
        expect(product, operands + O + 2 * R * O, k -> k.linearResidual(x, w, b, y, y));
        expect(product, operands + O + N * O + R * O, k -> k.linearResidual(x, w, b, t(N, O), y));
        expect(
                product,
                operands + O + R * O + B * O + R * O,
                k -> k.linearInjected(x, w, b, t(R, 3 * O), 5, t(B, O), y));
        expect(product, R * O + O * I + R * I, k -> k.linearBackwardInput(y, w, x));
        expect(
                product,
                R * O + O * I + 2 * R * I,
                k -> k.linearGeluBackwardInput(y, w, t(R, I), x));
        expect(product, R * O + R * I + 2 * (O * I + O), k -> k.linearBackwardWeight(y, x, w, b));
        expect(
                2 * R * O,
                3 * R * O + 2 * B * O,
                k -> k.injectionBackward(y, t(R, 3 * O), 5, t(B, O)));
        expect(R * O, R * O + 2 * B * O, k -> k.injectionBackward(y, null, 0, t(B, O)));

        Tensor g = t(I);
        expect(8 * R * I, 2 * R * I + 2 * I + 2 * R, k -> k.layerNorm(x, g, g, t(R, I), two));
        expect(
                15 * R * I,
                2 * R * I + I + 2 * R + 2 * (R * I + 2 * I),
                k -> k.layerNormBackward(x, x, g, two, t(R, I), t(I), t(I)));
        expect(4 * R * I, 2 * R * I + I, k -> k.rmsNorm(x, g, t(R, I), null));
        expect(
                11 * R * I,
                2 * R * I + I + R + 2 * (R * I + I),
                k -> k.rmsNormBackward(x, x, g, t(R), t(R, I), t(I)));
        Tensor state = t(B, N, I);
        Tensor qkv = t(B, N, 3 * I);
        double scores = 2.0 * B * N * N * I;
        expect(2 * scores, 4 * R * I, k -> k.attention(qkv, 3, state, null));
        expect(
                5 * scores,
                8 * R * I + 3 * R,
                k -> k.attentionBackward(state, qkv, state, t(B, 3, N), 3, t(B, N, 3 * I)));

        Tensor image = t(B, 3, 6, 6);
        Tensor patches = t(B, 9, 12);
        expect(0, 2 * 216, k -> k.patchify(image, PatchOrder.CHANNEL_FIRST, patches));
        expect(0, 2 * 216, k -> k.unpatchify(patches, PatchOrder.CHANNEL_FIRST, image));
        IntTensor labels = BACKEND.allocateInts(R);
        IntTensor key = BACKEND.allocateInts(5);
        IntTensor chosen = BACKEND.allocateInts(O);
        expect(0, 2 * R * I, k -> k.embedding(t(99, I), labels, x));
        expect(R * I, 3 * R * I, k -> k.embeddingBackward(x, labels, t(99, I)));

        expect(3 * 216, 3 * 216 + 1, k -> k.loss(LossKind.L1, image, image, 1, t(1), image));
        expect(3 * 216, 2 * 216 + 1, k -> k.loss(LossKind.L2, image, image, 1, t(1), null));
        expect(14 * 42, 9 + 7 * 42, k -> k.adamW(t(9), w, w, w, w, null));
        expect(3 * 42, 3 * 42, k -> k.ema(w, 0.9, t(O, I)));

        expect(0, 42, k -> k.fill(1, w));
        expect(0, 2 * 14, k -> k.fillColumns(1, w, 3, 2));
        expect(0, 84, k -> k.copy(w, t(O, I)));
        expect(0, 84, k -> k.cast(w, t(O, I)));
        expect(42, 3 * 42, k -> k.add(w, w));
        expect(3 * 42, 3 * 42, k -> k.mix(1, w, 1, w));
        expect(0, 42, k -> k.normal(key, w));
        expect(5 * R * I, 2 * R * I + 2 * B, k -> k.residualNorms(state, state, t(B, 2)));
        expect(0, 84, k -> k.select(chosen, w, t(O, I)));
        expect(0, 2 * R * I + 4 * B, k -> k.keepBest(t(B, 2), true, t(B), state, t(B, N, I)));
        expect(
                5 * R * I,
                4 * R * I + 4 * B,
                k -> k.advance(state, t(B, N, I), t(B, 2), true, t(B), t(B, N, I)));
        Tensor history = t(3, B, N, I);
        expect(6 * R * I, 4 * R * I + 3 * B, k -> k.innerProducts(history, state, t(B, 3)));
        expect(6 * R * I, 3 * B + 4 * R * I, k -> k.combine(t(B, 3), history, 0, state));
        expect(6 * R * I, 3 * B + 5 * R * I, k -> k.combine(t(B, 3), history, 1, state));

        TreeSet<String> covered = new TreeSet<>();
        costs.forEach(cost -> covered.add(cost.operation()));
        assertEquals(ExampleRuns.operations(), covered);
    }

    @Test
    void productsOfHalvesMoveHalfAndHaveANameOfTheirOwn() {
        Tensor x = BACKEND.allocate(DType.F16, R, I);
        Tensor w = BACKEND.allocate(DType.F16, O, I);
        Tensor y = t(R, O);
        Cost cost = Kernels.record(k -> k.linear(x, w, null, y)).getFirst().cost();
        assertEquals("linear F16", cost.operation());
        assertEquals(2.0 * R * I * O, cost.flops());
        assertEquals(2 * (R * I + O * I) + 4 * R * O, cost.bytes());
        assertTrue(cost.mixed() && cost.plus(cost).mixed());
    }

    @Test
    void attentionOfHalvesMovesHalfAndHasANameOfItsOwn() {
        Tensor qkv = BACKEND.allocate(DType.BF16, B, N, 3 * 8);
        Tensor y = BACKEND.allocate(DType.BF16, B, N, 8);
        Cost cost = Kernels.record(k -> k.attention(qkv, 2, y, null)).getFirst().cost();
        assertEquals("attention BF16", cost.operation());
        assertEquals(4.0 * B * N * N * 8, cost.flops());
        assertEquals(2.0 * B * N * 4 * 8, cost.bytes());
        assertTrue(cost.mixed());
        Tensor wide = t(B, N, 3 * 8);
        Cost rounded = Kernels.record(k -> k.attention(wide, 2, y, null)).getFirst().cost();
        assertEquals("attention", rounded.operation());
        assertFalse(rounded.mixed());
    }

    @Test
    void theRoofIsTheSlowerOfArithmeticAndMemory() {
        Cost cost = new Cost("linear", 600, 40);
        assertEquals(0.5, cost.ofRoof(2, 600, 4000), 1e-12, "arithmetic takes 1 s of 2");
        assertEquals(0.25, cost.ofRoof(2, 6000, 80), 1e-12, "memory takes half a second of 2");
        Cost moved = new Cost("copy", 0, 40);
        assertEquals(1, moved.ofRoof(1, 1, 40), 1e-12);
        assertEquals(new Cost("linear", 600, 80), cost.plus(moved));
    }
}
