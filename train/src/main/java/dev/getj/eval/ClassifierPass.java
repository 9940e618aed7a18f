package dev.getj.eval;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.Parameters;

import java.util.List;

/**
 * Forward and, if asked for, backward of a classifier on batches of one size: {@code h₁ = gelu(x
 * W₁ᵀ + b₁)}, {@code h₂ = gelu(h₁ W₂ᵀ + b₂)}, {@code logits = h₂ W₃ᵀ + b₃}.
 */
final class ClassifierPass {
    private final Parameters weights;
    private final Parameters gradients;
    private final Tensor input;
    private final Tensor pre1;
    private final Tensor hidden1;
    private final Tensor pre2;
    private final Tensor hidden2;
    private final Tensor logits;
    private final Tensor dLogits;
    private final Tensor dPre2;
    private final Tensor dPre1;
    private final Program forward;
    private final Program backward;

    /**
     * @param gradients overwritten by {@link #backward}; null for a pass that only looks
     */
    ClassifierPass(
            Backend backend,
            ClassifierForm form,
            Parameters weights,
            Parameters gradients,
            int batch) {
        this.weights = weights;
        this.gradients = gradients;
        boolean training = gradients != null;
        int[] first = {batch, form.hidden()};
        int[] second = {batch, form.features()};
        input = backend.allocate(batch, form.pixels());
        logits = backend.allocate(batch, form.classes());
        dLogits = training ? backend.allocate(batch, form.classes()) : null;
        dPre1 = training ? backend.allocate(first) : null;
        dPre2 = training ? backend.allocate(second) : null;
        List<Tensor> layer1 = backend.allocateTogether(first, first);
        List<Tensor> layer2 = backend.allocateTogether(second, second);
        pre1 = training ? layer1.get(0) : null;
        hidden1 = layer1.get(1);
        pre2 = training ? layer2.get(0) : null;
        hidden2 = layer2.get(1);
        forward = backend.record("classify", this::forward);
        backward = training ? backend.record("classify backward", this::backward) : null;
    }

    // input is [B, E], logits [B, K]
    private void forward(Kernels k) {
        k.linearGelu(input, weight(1), bias(1), pre1, hidden1);
        k.linearGelu(hidden1, weight(2), bias(2), pre2, hidden2);
        k.linear(hidden2, weight(3), bias(3), logits);
    }

    private void backward(Kernels k) {
        k.fill(0, gradients.flat());
        // logits = h₂ W₃ᵀ + b₃
        backwardWeight(k, dLogits, hidden2, 3);
        // h₂ = gelu(pre₂)
        k.linearGeluBackwardInput(dLogits, weight(3), pre2, dPre2);
        // pre₂ = h₁ W₂ᵀ + b₂
        backwardWeight(k, dPre2, hidden1, 2);
        // h₁ = gelu(pre₁)
        k.linearGeluBackwardInput(dPre2, weight(2), pre1, dPre1);
        // pre₁ = x W₁ᵀ + b₁
        backwardWeight(k, dPre1, input, 1);
    }

    private void backwardWeight(Kernels k, Tensor dY, Tensor x, int layer) {
        k.linearBackwardWeight(
                dY,
                x,
                gradients.tensor("fc" + layer + ".weight"),
                gradients.tensor("fc" + layer + ".bias"));
    }

    private Tensor weight(int layer) {
        return weights.tensor("fc" + layer + ".weight");
    }

    private Tensor bias(int layer) {
        return weights.tensor("fc" + layer + ".bias");
    }

    /** Images, [B, E]. */
    Tensor input() {
        return input;
    }

    /** The second layer, [B, F]. */
    Tensor features() {
        return hidden2;
    }

    /** [B, K]. */
    Tensor logits() {
        return logits;
    }

    void forward() {
        forward.run();
    }

    /**
     * Goes back from the cross entropy {@code −log softmax(logits)[label]}, averaged over the
     * batch, after {@link #forward}: {@code dlogits = (softmax(logits) − onehot(label)) / B}.
     *
     * @return the cross entropy
     */
    double backward(int[] labels) {
        float[] values = logits.get();
        int classes = logits.dim(1);
        int batch = labels.length;
        double loss = 0;
        for (int b = 0; b < batch; b++) {
            int row = b * classes;
            double[] probabilities = Softmax.of(classes, c -> values[row + c]);
            loss -= StrictMath.log(Math.max(probabilities[labels[b]], Double.MIN_NORMAL)) / batch;
            for (int c = 0; c < classes; c++) {
                double hit = c == labels[b] ? 1 : 0;
                values[b * classes + c] = (float) ((probabilities[c] - hit) / batch);
            }
        }
        dLogits.set(values);
        backward.run();
        return loss;
    }
}
