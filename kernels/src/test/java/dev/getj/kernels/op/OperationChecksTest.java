package dev.getj.kernels.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.function.Consumer;

/** Operations that do not fit are refused when they are made, by name and with the shapes. */
class OperationChecksTest {
    private final Backend backend = new ReferenceBackend();
    private final Tensor x = backend.allocate(6, 4);
    private final Tensor w = backend.allocate(5, 4);
    private final Tensor y = backend.allocate(6, 5);
    private final Tensor dX = backend.allocate(6, 4);
    private final Tensor qkv = backend.allocate(2, 3, 12);
    private final Tensor heads = backend.allocate(2, 3, 4);
    private final Tensor image = backend.allocate(2, 3, 4, 4);
    private final IntTensor labels = backend.allocateInts(2);

    @Test
    void linear() {
        refused("linear: x must have 4 columns, is tensor[6, 5]", k -> k.linear(y, w, null, y));
        refused("linear: y must have 5 columns, is tensor[6, 4]", k -> k.linear(x, w, null, dX));
        refused("linear: x has 6 rows, y has 2", k -> k.linear(x, w, null, y.view(0, 2, 5)));
        refused(
                "linear: weight must have 2 dimensions, is tensor[20]",
                k -> k.linear(x, w.reshape(20), null, y));
        refused(
                "linearGelu: bias must have 5 elements, is tensor[6, 4]",
                k -> k.linearGelu(x, w, x, null, y));
        refused(
                "linearGelu: preActivation and y must not overlap",
                k -> k.linearGelu(x, w, null, y, y));
        Tensor square = backend.allocate(4, 4);
        refused("linear: x and y must not overlap", k -> k.linear(x, square, null, x));
    }

    @Test
    void residualAndInjection() {
        Tensor four = backend.allocate(4, 5);
        refused(
                "linearResidual: residual has 4 rows, y has 6: not a multiple",
                k -> k.linearResidual(x, w, null, four, y));
        refused(
                "linearResidual: residual must be y itself or apart from it",
                k -> k.linearResidual(x, w, null, y.view(0, 3, 5), y));
        refused(
                "linearInjected: columns 2…7 of an injection with 6",
                k -> k.linearInjected(x, w, null, backend.allocate(6, 6), 2, null, y));
        refused(
                "linearInjected: injection has 4 rows, y has 6",
                k -> k.linearInjected(x, w, null, four, 0, null, y));
        refused(
                "linearInjected: condition has 4 rows, y has 6: not a multiple",
                k -> k.linearInjected(x, w, null, null, 0, four, y));
        refused(
                "injectionBackward: columns -1…4 of an injection with 5",
                k -> k.injectionBackward(y, y, -1, null));
    }

    @Test
    void linearBackward() {
        refused(
                "linearBackwardInput: dY has 6 rows, dX has 3",
                k -> k.linearBackwardInput(y, w, dX.view(0, 3, 4)));
        refused(
                "linearGeluBackwardInput: preActivation must have 24 elements, is tensor[6, 5]",
                k -> k.linearGeluBackwardInput(y, w, y, dX));
        refused(
                "linearBackwardWeight: dY must have 5 columns, is tensor[6, 4]",
                k -> k.linearBackwardWeight(x, x, w, null));
        refused(
                "linearBackwardWeight: dBias must have 5 elements, is tensor[6, 4]",
                k -> k.linearBackwardWeight(y, x, w, x));
    }

    @Test
    void normalisationAndAttention() {
        refused(
                "layerNorm: gamma must have 4 elements, is tensor[6, 4]",
                k -> k.layerNorm(x, x, x, dX, null));
        refused(
                "layerNorm: statistics must have 12 elements, is tensor[6, 4]",
                k -> k.layerNorm(x, row(), row(), dX, dX));
        refused(
                "rmsNorm: statistics must have 6 elements, is tensor[6, 4]",
                k -> k.rmsNorm(x, row(), dX, dX));
        refused(
                "layerNormBackward: dX and dY must not overlap",
                k -> k.layerNormBackward(x, dX, row(), backend.allocate(6, 2), x, row(), row()));
        refused(
                "attention: width 4 does not split into 3 heads",
                k -> k.attention(qkv, 3, heads, null));
        refused(
                "attention: qkv must have 3 dimensions, is tensor[6, 12]",
                k -> k.attention(qkv.reshape(6, 12), 2, heads, null));
        refused("attention: qkv is 12 wide, not 3 × 5", k -> k.attention(qkv, 1, y, null));
        refused(
                "attentionBackward: logSumExp must have 12 elements, is tensor[6, 4]",
                k -> k.attentionBackward(heads, qkv, heads, x, 2, backend.allocate(2, 3, 12)));
    }

    @Test
    void imagesAndLabels() {
        refused(
                "patchify: images [2, 3, 4, 4] do not cut into patches [2, 3, 16]",
                k -> k.patchify(image, PatchOrder.CHANNEL_FIRST, backend.allocate(2, 3, 16)));
        refused(
                "unpatchify: image and patches must not overlap",
                k -> k.unpatchify(image.reshape(2, 4, 12), PatchOrder.CHANNEL_LAST, image));
        refused("embedding: 2 labels for 6 rows", k -> k.embedding(w, labels, dX));
        refused(
                "embeddingBackward: rows must have 4 columns, is tensor[6, 5]",
                k -> k.embeddingBackward(y, labels, w));
    }

    @Test
    void objectiveAndStates() {
        refused(
                "loss: target must have 24 elements, is tensor[6, 5]",
                k -> k.loss(LossKind.L1, x, y, 1, backend.allocate(1), null));
        refused(
                "adamW: settings must have 9 elements, is tensor[6, 4]",
                k -> k.adamW(x, x, x, x, x, null));
        refused("ema: decay must lie in [0, 1): 1.0", k -> k.ema(x, 1, dX));
        refused("copy: x and y must not overlap", k -> k.copy(x, x));
        refused("mix: y must have 24 elements, is tensor[6, 5]", k -> k.mix(1, x, 1, y));
        refused("normal: the key has 2 entries, not 5", k -> k.normal(labels, x));
        refused(
                "residualNorms: norms must have 12 elements, is tensor[6, 5]",
                k -> k.residualNorms(x, dX, y));
        refused("select: 2 choices for 6 samples", k -> k.select(labels, x, dX));
    }

    @Test
    void histories() {
        Tensor history = backend.allocate(3, 6, 4);
        refused(
                "innerProducts: history tensor[3, 6, 4] holds no states of 2 samples",
                k -> k.innerProducts(history, qkv, y));
        refused(
                "innerProducts: dots must have 18 elements, is tensor[6, 4]",
                k -> k.innerProducts(history, x, dX));
        refused(
                "combine: y must have 24 elements, is tensor[6, 5]",
                k -> k.combine(x, history, 0, y));
        Tensor coefficients = backend.allocate(6, 3);
        refused(
                "combine: y and history must not overlap",
                k -> k.combine(coefficients, history, 0, history.view(24, 6, 4)));
    }

    @Test
    void tensors() {
        message("every dimension must be at least 1: [3, 0]", () -> backend.allocate(3, 0));
        message(
                "a tensor holds at most 2^31 - 17 floats, shape [65536, 65536] is larger",
                () -> backend.allocate(65536, 65536));
        message("cannot see tensor[6, 4] as [5, 5]: the sizes differ", () -> x.reshape(5, 5));
        message("a view of shape [2, 4] at 20 does not fit tensor[6, 4]", () -> x.view(20, 2, 4));
        message("tensor[6, 4] takes 24 values, not 3", () -> x.set(1, 2, 3));
        message("an integer vector of 2 takes as many values, not 1", () -> labels.set(1));
    }

    @Test
    void trainingInSixteenBits() {
        Tensor halfX = backend.allocate(DType.BF16, 6, 4);
        Tensor halfW = backend.allocate(DType.BF16, 5, 4);
        Tensor halfY = backend.allocate(DType.BF16, 6, 5);
        refused(
                "linearGelu: preActivation is BF16, but y is F64",
                k -> k.linearGelu(halfX, halfW, null, halfY, y));
        refused(
                "linearGeluBackwardInput: preActivation is BF16, but the factors are not",
                k -> k.linearGeluBackwardInput(y, w, halfX, dX));
        refused(
                "linearBackwardWeight: x is F64, the other factor is BF16",
                k -> k.linearBackwardWeight(halfY, x, w, null));
        refused(
                "linearBackwardWeight: dWeight is BF16; only dY, x may have 16 bits",
                k -> k.linearBackwardWeight(halfY, halfX, halfW, null));
        refused(
                "injectionBackward: dInjection is BF16; only dY may have 16 bits",
                k -> k.injectionBackward(halfY, backend.allocate(DType.BF16, 6, 5), 0, null));
        refused(
                "layerNormBackward: dX is BF16; only dY may have 16 bits",
                k ->
                        k.layerNormBackward(
                                halfX,
                                x,
                                row(),
                                backend.allocate(6, 2),
                                backend.allocate(DType.BF16, 6, 4),
                                row(),
                                row()));
        refused(
                "adamW: rounded is F64, not of 16 bits",
                k -> k.adamW(backend.allocate(9), x, x, x, x, dX));
        refused(
                "adamW: rounded must have 24 elements, is tensor[6, 5]",
                k -> k.adamW(backend.allocate(9), x, x, x, x, halfY));
    }

    @Test
    void attentionInSixteenBits() {
        Tensor half = backend.allocate(DType.F16, 2, 3, 12);
        Tensor halfHeads = backend.allocate(DType.F16, 2, 3, 4);
        backend.record("one head, 4 deep", k -> k.attention(half, 1, halfHeads, null));
        refused(
                "attention: qkv is F16, and heads are 2 deep, which is not a multiple of 4 up to"
                        + " 64",
                k -> k.attention(half, 2, halfHeads, null));
        Tensor deep = backend.allocate(DType.F16, 2, 3, 3 * 68);
        refused(
                "attention: qkv is F16, and heads are 68 deep, which is not a multiple of 4 up to"
                        + " 64",
                k -> k.attention(deep, 1, backend.allocate(DType.F16, 2, 3, 68), null));
        refused("attention: qkv is F16, but y is F64", k -> k.attention(half, 1, heads, null));
        Tensor other = backend.allocate(DType.BF16, 2, 3, 4);
        refused("attention: qkv is F16, y is BF16", k -> k.attention(half, 1, other, null));
        Tensor rows = backend.allocate(2, 1, 3);
        Tensor gradient = backend.allocate(DType.F16, 2, 3, 12);
        backend.record(
                "back", k -> k.attentionBackward(halfHeads, half, halfHeads, rows, 1, gradient));
        refused(
                "attentionBackward: qkv is F16, but dY is F64",
                k -> k.attentionBackward(heads, half, halfHeads, rows, 1, gradient));
        refused(
                "attentionBackward: qkv is F64, but y is F16",
                k ->
                        k.attentionBackward(
                                heads, qkv, halfHeads, rows, 1, backend.allocate(2, 3, 12)));
        refused(
                "attentionBackward: logSumExp is F16; only dY, qkv, y, dQkv may have 16 bits",
                k ->
                        k.attentionBackward(
                                halfHeads,
                                half,
                                halfHeads,
                                backend.allocate(DType.F16, 2, 1, 3),
                                1,
                                gradient));
    }

    @Test
    void tensorsOfAnotherBackend() {
        try (Backend jvm = new JvmBackend(1)) {
            message(
                    "tensor[6, 5] was not made by the JVM backend",
                    () -> jvm.record("foreign", k -> k.linear(x, w, null, y)));
        }
        message("at least one thread is needed, not 0", () -> new JvmBackend(0));
    }

    private Tensor row() {
        return backend.allocate(4);
    }

    private void refused(String message, Consumer<Kernels> launch) {
        message(message, () -> backend.record("refused", launch));
    }

    private static void message(String message, Runnable body) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, body::run).getMessage());
    }
}
