package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

/** Records each launch as the tasks that compute it. */
final class TornadoKernels implements Kernels {
    private final LinearTasks linears;
    private final LayerTasks layers;
    private final ImageTasks images;
    private final TrainingTasks training;
    private final StateTasks states;

    TornadoKernels(Tasks tasks, Tiling tiling) {
        linears = new LinearTasks(tasks, tiling);
        layers = new LayerTasks(tasks, tiling);
        images = new ImageTasks(tasks);
        training = new TrainingTasks(tasks);
        states = new StateTasks(tasks);
    }

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        linears.linear(x, weight, bias, y);
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        linears.linearGelu(x, weight, bias, preActivation, y);
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        linears.linearResidual(x, weight, bias, residual, y);
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
        linears.linearInjected(x, weight, bias, injection, column, condition, y);
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        linears.linearBackwardInput(dY, weight, dX);
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        linears.linearGeluBackwardInput(dY, weight, preActivation, dPreActivation);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        linears.linearBackwardWeight(dY, x, dWeight, dBias);
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        linears.injectionBackward(dY, dInjection, column, dCondition);
    }

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        layers.layerNorm(x, gamma, beta, y, statistics);
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
        layers.layerNormBackward(dY, x, gamma, statistics, dX, dGamma, dBeta);
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        layers.attention(qkv, heads, y, logSumExp);
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        layers.attentionBackward(dY, qkv, y, logSumExp, heads, dQkv);
    }

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        images.patchify(image, order, patches);
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        images.unpatchify(patches, order, image);
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        images.embedding(table, labels, y);
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        images.embeddingBackward(dY, labels, dTable);
    }

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        training.loss(kind, prediction, target, weight, loss, dPrediction);
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        training.adamW(settings, gradients, weights, firstMoment, secondMoment);
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        states.mix((float) (1 - decay), weights, (float) decay, average);
    }

    @Override
    public void fill(float value, Tensor y) {
        states.fill(value, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        states.copy(x, y);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        states.mix(1, x, 1, y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        states.mix(a, x, b, y);
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        states.normal(key, y);
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        states.residualNorms(next, previous, norms);
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        states.select(chosen, from, to);
    }

    @Override
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        states.keepBest(norms, relative, lowest, candidate, best);
    }

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        states.innerProducts(history, x, dots);
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        states.combine(coefficients, history, beta, y);
    }
}
