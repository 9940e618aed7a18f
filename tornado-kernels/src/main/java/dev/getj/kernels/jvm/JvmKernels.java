package dev.getj.kernels.jvm;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Turns every launch into a {@link Launch}: what it is called, what it costs, and the kernel that
 * does it.
 */
final class JvmKernels implements Kernels {
    private final Workers workers;
    private final PackedWeights weights;
    private final Scratch scratch;
    private final Scratch.Share share;
    private final Consumer<Launch> recorder;

    JvmKernels(Workers workers, PackedWeights weights, Scratch scratch, Consumer<Launch> recorder) {
        this.workers = workers;
        this.weights = weights;
        this.scratch = scratch;
        share = scratch.share();
        this.recorder = recorder;
    }

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        PackedWeight packed = weights.forward(weight);
        Gemm.Epilogue epilogue = Epilogues.store(bias, y);
        RowWork work = product(x, weight, packed, epilogue, null, bias);
        record("linear", flops(x, weight), work, y);
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        PackedWeight packed = weights.forward(weight);
        Gemm.Epilogue epilogue = Epilogues.gelu(bias, preActivation, y);
        RowWork work = product(x, weight, packed, epilogue, null, bias);
        record("linearGelu", flops(x, weight), work, preActivation, y);
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        PackedWeight packed = weights.forward(weight);
        Gemm.Epilogue epilogue = Epilogues.residual(bias, residual, y);
        boolean whole = residual.rows() == y.rows();
        RowWork work =
                whole
                        ? product(x, weight, packed, epilogue, residual, bias)
                        : product(x, weight, packed, epilogue, null, bias, residual);
        record("linearResidual", flops(x, weight), work, y);
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
        PackedWeight packed = weights.forward(weight);
        Gemm.Epilogue epilogue = Epilogues.injected(bias, injection, column, condition, y);
        RowWork work = product(x, weight, packed, epilogue, injection, bias, condition);
        // of the injection, only a slice as large as y is read
        Tensor slice = injection == null ? null : y;
        record(
                "linearInjected",
                flops(x, weight),
                work.alone(workers),
                work,
                reads(x, weight, bias, slice, condition),
                y);
    }

    private RowWork product(
            Tensor x,
            Tensor weight,
            PackedWeight packed,
            Gemm.Epilogue epilogue,
            Tensor local,
            Tensor... shared) {
        return Linear.product(workers, x, weight, packed, epilogue, local, shared);
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        PackedWeight packed = weights.backward(weight);
        RowWork work = product(dY, weight, packed, Epilogues.store(null, dX), null);
        record("linearBackwardInput", flops(dX, weight), work, dX);
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        PackedWeight packed = weights.backward(weight);
        Gemm.Epilogue epilogue = Epilogues.geluBackward(preActivation, dPreActivation);
        RowWork work = product(dY, weight, packed, epilogue, preActivation);
        record("linearGeluBackwardInput", flops(dPreActivation, weight), work, dPreActivation);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        WeightGradient gradient =
                new WeightGradient(workers, scratch, share, dY, x, dWeight, dBias);
        RowWork rows = gradient.rows();
        record(
                "linearBackwardWeight",
                flops(x, dWeight),
                gradient.alone(rows),
                rows,
                reads(dY, x, dWeight, dBias),
                dWeight,
                dBias);
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        if (dInjection != null) {
            RowWork work = Injection.backward(dY, dInjection, column);
            record(
                    "injectionBackward",
                    dY.size(),
                    work.alone(workers),
                    work,
                    reads(dY, dY),
                    dInjection);
        }
        if (dCondition != null) {
            RowWork work = Injection.backward(workers, dY, dCondition);
            record(
                    "injectionBackward",
                    dY.size(),
                    work.alone(workers),
                    work,
                    reads(dY, dCondition),
                    dCondition);
        }
    }

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        RowWork work = LayerNorm.forward(workers, x, gamma, beta, y, statistics);
        record("layerNorm", 8.0 * x.size(), work, y, statistics);
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
        RowWork work =
                LayerNorm.backward(workers, share, dY, x, gamma, statistics, dX, dGamma, dBeta);
        record(
                "layerNormBackward",
                15.0 * x.size(),
                work.alone(workers),
                work,
                reads(dY, x, gamma, statistics, dX, dGamma, dBeta),
                dX,
                dGamma,
                dBeta);
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        RowWork work = Attention.forward(scratch, qkv, heads, y, logSumExp);
        record("attention", 2 * scores(y), work, y, logSumExp);
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        RowWork work = Attention.backward(scratch, dY, qkv, logSumExp, heads, dQkv);
        record("attentionBackward", 5 * scores(dY), work, dQkv);
    }

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        record("patchify", 0, Patches.cut(workers, image, order, patches), reads(image), patches);
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        record(
                "unpatchify",
                0,
                Patches.join(workers, patches, order, image),
                reads(patches),
                image);
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        // of the table, only as many rows as y has are read
        record("embedding", 0, Embedding.forward(workers, table, labels, y), reads(y), y);
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        Runnable body = Embedding.backward(workers, dY, labels, dTable);
        record("embeddingBackward", dY.size(), body, reads(dY), dTable);
    }

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        Runnable body = Loss.forward(workers, kind, prediction, target, weight, loss, dPrediction);
        record("loss", 3.0 * prediction.size(), body, reads(prediction, target), loss, dPrediction);
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        Runnable body =
                AdamW.step(workers, settings, gradients, weights, firstMoment, secondMoment);
        record(
                "adamW",
                14.0 * weights.size(),
                body,
                reads(settings, gradients, weights, firstMoment, secondMoment),
                weights,
                firstMoment,
                secondMoment);
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        Runnable body =
                Elementwise.mix(workers, (float) (1 - decay), weights, (float) decay, average);
        record("ema", 3.0 * average.size(), body, reads(weights, average), average);
    }

    @Override
    public void fill(float value, Tensor y) {
        record("fill", 0, Elementwise.fill(workers, value, y), reads(), y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        record("copy", 0, Elementwise.copy(workers, x, y), reads(x), y);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        record("add", y.size(), Elementwise.mix(workers, 1, x, 1, y), reads(x, y), y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        record("mix", 3.0 * y.size(), Elementwise.mix(workers, a, x, b, y), reads(x, y), y);
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        record("normal", 0, Normal.fill(workers, key, y), reads(), y);
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        Runnable body = Norms.residuals(workers, next, previous, norms);
        record("residualNorms", 5.0 * next.size(), body, reads(next, previous), norms);
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        record("select", 0, Elementwise.select(workers, chosen, from, to), reads(from), to);
    }

    @Override
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        Runnable body = Norms.keepBest(norms, relative, lowest, candidate, best);
        record("keepBest", 0, body, reads(norms, candidate), lowest, best);
    }

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        Runnable body = Histories.innerProducts(workers, history, x, dots);
        record("innerProducts", 2.0 * history.size(), body, reads(history, x), dots);
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        Runnable body = Histories.combine(workers, coefficients, history, beta, y);
        record("combine", 2.0 * history.size(), body, reads(coefficients, history), y);
    }

    private void record(
            String name, double flops, Runnable body, Tensor[] reads, Tensor... outputs) {
        record(name, flops, body, null, reads, outputs);
    }

    private void record(String name, double flops, RowWork work, Tensor... outputs) {
        Tensor[] reads =
                Stream.of(work.local(), work.shared()).flatMap(Stream::of).toArray(Tensor[]::new);
        record(name, flops, work.alone(workers), work, reads, outputs);
    }

    private void record(
            String name,
            double flops,
            Runnable body,
            RowWork work,
            Tensor[] reads,
            Tensor... outputs) {
        recorder.accept(Launch.of(name, flops, body, work, reads, outputs));
    }

    // 2·R·I·O: rows as in x, a multiplication and an addition for each weight
    private static double flops(Tensor x, Tensor weight) {
        return 2.0 * x.rows() * weight.size();
    }

    // 2·B·N·N·D: one product of N × N scores with the heads' vectors, y [B, N, D]
    private static double scores(Tensor y) {
        return 2.0 * y.size() * y.dim(1);
    }

    private static Tensor[] reads(Tensor... tensors) {
        return tensors;
    }
}
