package dev.getj.kernels.profile;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Hands on every launch by itself, with its cost. Costs depend on shapes alone, so they are the
 * same for every backend.
 */
public final class CostedLaunches implements Kernels {
    /** Takes the launches, one at a time. */
    public interface Taker {
        /**
         * @param launch records it
         */
        void take(LaunchCost cost, Consumer<Kernels> launch);
    }

    private final UnaryOperator<Tensor> seen;
    private final Taker taker;

    public CostedLaunches(Taker taker) {
        this(UnaryOperator.identity(), taker);
    }

    /**
     * @param seen what a tensor is where the launches are recorded
     */
    CostedLaunches(UnaryOperator<Tensor> seen, Taker taker) {
        this.seen = seen;
        this.taker = taker;
    }

    private void take(
            String kernel,
            double flops,
            Tensor[] reads,
            Tensor[] writes,
            Consumer<Kernels> launch) {
        double floats =
                Stream.concat(Arrays.stream(reads), Arrays.stream(writes))
                        .filter(Objects::nonNull)
                        .mapToDouble(Tensor::size)
                        .sum();
        taker.take(new LaunchCost(kernel, flops, Float.BYTES * floats), launch);
    }

    private static Tensor[] of(Tensor... tensors) {
        return tensors;
    }

    private Tensor at(Tensor tensor) {
        return tensor == null ? null : seen.apply(tensor);
    }

    // 2·R·I·O: a multiplication and an addition for each row and weight
    private static double product(Tensor rows, Tensor weight) {
        return 2.0 * rows.rows() * weight.size();
    }

    // ---- linear ---------------------------------------------------------------------------------

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        take(
                "linear",
                product(x, weight),
                of(x, weight, bias),
                of(y),
                k -> k.linear(at(x), at(weight), at(bias), at(y)));
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        take(
                "linearGelu",
                product(x, weight),
                of(x, weight, bias),
                of(preActivation, y),
                k -> k.linearGelu(at(x), at(weight), at(bias), at(preActivation), at(y)));
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        take(
                "linearResidual",
                product(x, weight),
                of(x, weight, bias, residual),
                of(y),
                k -> k.linearResidual(at(x), at(weight), at(bias), at(residual), at(y)));
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
        // of the injection, a slice as large as y is read
        take(
                "linearInjected",
                product(x, weight),
                of(x, weight, bias, injection == null ? null : y, condition),
                of(y),
                k ->
                        k.linearInjected(
                                at(x),
                                at(weight),
                                at(bias),
                                at(injection),
                                column,
                                at(condition),
                                at(y)));
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        take(
                "linearBackwardInput",
                product(dX, weight),
                of(dY, weight),
                of(dX),
                k -> k.linearBackwardInput(at(dY), at(weight), at(dX)));
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        take(
                "linearGeluBackwardInput",
                product(dPreActivation, weight),
                of(dY, weight, preActivation),
                of(dPreActivation),
                k ->
                        k.linearGeluBackwardInput(
                                at(dY), at(weight), at(preActivation), at(dPreActivation)));
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        take(
                "linearBackwardWeight",
                product(x, dWeight),
                of(dY, x, dWeight, dBias),
                of(dWeight, dBias),
                k -> k.linearBackwardWeight(at(dY), at(x), at(dWeight), at(dBias)));
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        // the slice of the injection is as large as dY
        Tensor slice = dInjection == null ? null : dY;
        double additions =
                (dInjection == null ? 0.0 : dY.size()) + (dCondition == null ? 0.0 : dY.size());
        take(
                "injectionBackward",
                additions,
                of(dY, slice, dCondition),
                of(slice, dCondition),
                k -> k.injectionBackward(at(dY), at(dInjection), column, at(dCondition)));
    }

    // ---- normalisation and attention ------------------------------------------------------------

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        take(
                "layerNorm",
                8.0 * x.size(),
                of(x, gamma, beta),
                of(y, statistics),
                k -> k.layerNorm(at(x), at(gamma), at(beta), at(y), at(statistics)));
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
        take(
                "layerNormBackward",
                15.0 * x.size(),
                of(dY, x, gamma, statistics, dX, dGamma, dBeta),
                of(dX, dGamma, dBeta),
                k ->
                        k.layerNormBackward(
                                at(dY),
                                at(x),
                                at(gamma),
                                at(statistics),
                                at(dX),
                                at(dGamma),
                                at(dBeta)));
    }

    // 2·B·N·N·D: one product of N × N scores with the vectors of all heads
    private static double scores(Tensor y) {
        return 2.0 * y.size() * y.dim(1);
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        take(
                "attention",
                2 * scores(y),
                of(qkv),
                of(y, logSumExp),
                k -> k.attention(at(qkv), heads, at(y), at(logSumExp)));
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        take(
                "attentionBackward",
                5 * scores(dY),
                of(dY, qkv, y, logSumExp),
                of(dQkv),
                k -> k.attentionBackward(at(dY), at(qkv), at(y), at(logSumExp), heads, at(dQkv)));
    }

    // ---- images and labels ----------------------------------------------------------------------

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        take("patchify", 0, of(image), of(patches), k -> k.patchify(at(image), order, at(patches)));
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        take(
                "unpatchify",
                0,
                of(patches),
                of(image),
                k -> k.unpatchify(at(patches), order, at(image)));
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        // of the table, as many rows as y has are read
        take("embedding", 0, of(y), of(y), k -> k.embedding(at(table), labels, at(y)));
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        take(
                "embeddingBackward",
                dY.size(),
                of(dY, dY),
                of(dY),
                k -> k.embeddingBackward(at(dY), labels, at(dTable)));
    }

    // ---- objective and optimiser ----------------------------------------------------------------

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        take(
                "loss",
                3.0 * prediction.size(),
                of(prediction, target),
                of(loss, dPrediction),
                k -> k.loss(kind, at(prediction), at(target), weight, at(loss), at(dPrediction)));
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        take(
                "adamW",
                14.0 * weights.size(),
                of(settings, gradients, weights, firstMoment, secondMoment),
                of(weights, firstMoment, secondMoment),
                k ->
                        k.adamW(
                                at(settings),
                                at(gradients),
                                at(weights),
                                at(firstMoment),
                                at(secondMoment)));
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        take(
                "ema",
                3.0 * average.size(),
                of(weights, average),
                of(average),
                k -> k.ema(at(weights), decay, at(average)));
    }

    // ---- states ---------------------------------------------------------------------------------

    @Override
    public void fill(float value, Tensor y) {
        take("fill", 0, of(), of(y), k -> k.fill(value, at(y)));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        take("copy", 0, of(x), of(y), k -> k.copy(at(x), at(y)));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        take("add", y.size(), of(x, y), of(y), k -> k.add(at(x), at(y)));
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        take("mix", 3.0 * y.size(), of(x, y), of(y), k -> k.mix(a, at(x), b, at(y)));
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        take("normal", 0, of(), of(y), k -> k.normal(key, at(y)));
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        take(
                "residualNorms",
                5.0 * next.size(),
                of(next, previous),
                of(norms),
                k -> k.residualNorms(at(next), at(previous), at(norms)));
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        take("select", 0, of(from), of(to), k -> k.select(chosen, at(from), at(to)));
    }

    @Override
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        take(
                "keepBest",
                0,
                of(norms, lowest, candidate),
                of(lowest, best),
                k -> k.keepBest(at(norms), relative, at(lowest), at(candidate), at(best)));
    }

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        take(
                "innerProducts",
                2.0 * history.size(),
                of(history, x),
                of(dots),
                k -> k.innerProducts(at(history), at(x), at(dots)));
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        take(
                "combine",
                2.0 * history.size(),
                of(coefficients, history, beta == 0 ? null : y),
                of(y),
                k -> k.combine(at(coefficients), at(history), beta, at(y)));
    }
}
