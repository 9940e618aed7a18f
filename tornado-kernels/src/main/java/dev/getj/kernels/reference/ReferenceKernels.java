package dev.getj.kernels.reference;

import dev.getj.kernels.HostInts;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

import java.util.function.Consumer;

/** Hands the plain loops of this package to a recorder, one call a launch. */
final class ReferenceKernels implements Kernels {
    private final Consumer<Runnable> recorder;

    ReferenceKernels(Consumer<Runnable> recorder) {
        this.recorder = recorder;
    }

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        recorder.accept(() -> Linear.forward(x, weight, bias, y));
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        recorder.accept(
                () -> {
                    Linear.forward(x, weight, bias, y);
                    for (int i = 0; i < y.size(); i++) {
                        double pre = get(y, i);
                        if (preActivation != null) {
                            set(preActivation, i, pre);
                        }
                        set(y, i, Gelu.value(pre));
                    }
                });
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        recorder.accept(
                () -> {
                    double[] kept = new double[residual.size()];
                    for (int i = 0; i < kept.length; i++) {
                        kept[i] = get(residual, i);
                    }
                    Linear.forward(x, weight, bias, y);
                    for (int i = 0; i < y.size(); i++) {
                        set(y, i, get(y, i) + kept[i % kept.length]);
                    }
                });
    }

    @Override
    public void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y) {
        recorder.accept(
                () -> {
                    Linear.forward(x, weight, bias, y);
                    Linear.inject(y, injection, column, condition);
                });
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        recorder.accept(() -> Linear.backwardInput(dY, weight, dX));
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        recorder.accept(
                () -> {
                    double[] pre = new double[preActivation.size()];
                    for (int i = 0; i < pre.length; i++) {
                        pre[i] = get(preActivation, i);
                    }
                    Linear.backwardInput(dY, weight, dPreActivation);
                    for (int i = 0; i < pre.length; i++) {
                        set(dPreActivation, i, get(dPreActivation, i) * Gelu.derivative(pre[i]));
                    }
                });
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        recorder.accept(() -> Linear.backwardWeight(dY, x, dWeight, dBias));
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        recorder.accept(() -> Linear.injectBackward(dY, dInjection, column, dCondition));
    }

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        recorder.accept(() -> LayerNorm.forward(x, gamma, beta, y, statistics));
    }

    @Override
    public void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        recorder.accept(() -> LayerNorm.backward(dY, x, gamma, statistics, dX, dGamma, dBeta));
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        recorder.accept(() -> Attention.forward(qkv, heads, y, logSumExp));
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        recorder.accept(() -> Attention.backward(dY, qkv, heads, dQkv));
    }

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        recorder.accept(
                () ->
                        Patches.forEach(
                                image,
                                patches,
                                order,
                                (pixel, feature) -> set(patches, feature, get(image, pixel))));
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        recorder.accept(
                () ->
                        Patches.forEach(
                                image,
                                patches,
                                order,
                                (pixel, feature) -> set(image, pixel, get(patches, feature))));
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        int width = y.dim(-1);
        recorder.accept(
                () -> {
                    for (int i = 0; i < y.size(); i++) {
                        set(y, i, get(table, HostInts.of(labels)[i / width] * width + i % width));
                    }
                });
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        int width = dY.dim(-1);
        recorder.accept(
                () -> {
                    for (int i = 0; i < dY.size(); i++) {
                        add(dTable, HostInts.of(labels)[i / width] * width + i % width, get(dY, i));
                    }
                });
    }

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        recorder.accept(
                () -> {
                    double sum = 0;
                    int n = prediction.size();
                    for (int i = 0; i < n; i++) {
                        double difference = get(prediction, i) - get(target, i);
                        sum += kind == LossKind.L1 ? Math.abs(difference) : difference * difference;
                        if (dPrediction != null) {
                            double slope =
                                    kind == LossKind.L1 ? Math.signum(difference) : 2 * difference;
                            set(dPrediction, i, weight * slope / n);
                        }
                    }
                    set(loss, 0, sum / n);
                });
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        recorder.accept(
                () -> {
                    double rate = get(settings, 0);
                    for (int i = 0; i < weights.size(); i++) {
                        double g = get(gradients, i);
                        double w = get(weights, i) * (1 - rate * get(settings, 6));
                        double m = get(settings, 1) * get(firstMoment, i) + get(settings, 2) * g;
                        double v =
                                get(settings, 3) * get(secondMoment, i) + get(settings, 4) * g * g;
                        set(firstMoment, i, m);
                        set(secondMoment, i, v);
                        double denominator = Math.sqrt(v / get(settings, 8)) + get(settings, 5);
                        set(weights, i, w - rate * (m / get(settings, 7)) / denominator);
                    }
                });
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        mix((float) (1 - decay), weights, (float) decay, average);
    }

    @Override
    public void fill(float value, Tensor y) {
        recorder.accept(
                () -> {
                    for (int i = 0; i < y.size(); i++) {
                        set(y, i, value);
                    }
                });
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        recorder.accept(
                () -> {
                    for (int i = 0; i < y.size(); i++) {
                        set(y, i, get(x, i));
                    }
                });
    }

    @Override
    public void add(Tensor x, Tensor y) {
        mix(1, x, 1, y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        recorder.accept(
                () -> {
                    for (int i = 0; i < y.size(); i++) {
                        set(y, i, a * get(x, i) + b * get(y, i));
                    }
                });
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        recorder.accept(() -> Normal.fill(HostInts.of(key), y));
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        int length = next.size() / next.dim(0);
        recorder.accept(
                () -> {
                    for (int b = 0; b < next.dim(0); b++) {
                        double residual = 0;
                        double norm = 0;
                        for (int i = b * length; i < (b + 1) * length; i++) {
                            double difference = get(next, i) - get(previous, i);
                            residual += difference * difference;
                            norm += get(next, i) * get(next, i);
                        }
                        set(norms, 2 * b, Math.sqrt(residual));
                        set(norms, 2 * b + 1, Math.sqrt(norm));
                    }
                });
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        int length = from.size() / from.dim(0);
        recorder.accept(
                () -> {
                    for (int i = 0; i < from.size(); i++) {
                        if (HostInts.of(chosen)[i / length] != 0) {
                            set(to, i, get(from, i));
                        }
                    }
                });
    }

    @Override
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        int length = candidate.size() / candidate.dim(0);
        recorder.accept(
                () -> {
                    for (int b = 0; b < candidate.dim(0); b++) {
                        double residual = get(norms, 2 * b);
                        if (relative) {
                            residual /= get(norms, 2 * b + 1) + RESIDUAL_EPSILON;
                        }
                        if (residual < get(lowest, b)) {
                            set(lowest, b, residual);
                            for (int i = b * length; i < (b + 1) * length; i++) {
                                set(best, i, get(candidate, i));
                            }
                        }
                    }
                });
    }

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        int states = history.dim(0);
        int length = x.size() / x.dim(0);
        recorder.accept(
                () -> {
                    for (int i = 0; i < dots.size(); i++) {
                        int at = i / states * length;
                        double sum = 0;
                        for (int e = at; e < at + length; e++) {
                            sum += get(history, i % states * x.size() + e) * get(x, e);
                        }
                        set(dots, i, sum);
                    }
                });
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        int states = history.dim(0);
        int length = y.size() / y.dim(0);
        recorder.accept(
                () -> {
                    for (int i = 0; i < y.size(); i++) {
                        double sum = beta == 0 ? 0 : beta * get(y, i);
                        for (int j = 0; j < states; j++) {
                            double coefficient = get(coefficients, i / length * states + j);
                            if (coefficient != 0) {
                                sum += coefficient * get(history, j * y.size() + i);
                            }
                        }
                        set(y, i, sum);
                    }
                });
    }

    static double get(Tensor tensor, int i) {
        return DoubleBuffer.get(tensor, i);
    }

    static void set(Tensor tensor, int i, double value) {
        DoubleBuffer.set(tensor, i, value);
    }

    static void add(Tensor tensor, int i, double value) {
        set(tensor, i, get(tensor, i) + value);
    }
}
