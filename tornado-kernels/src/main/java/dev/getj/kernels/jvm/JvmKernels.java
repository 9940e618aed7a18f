package dev.getj.kernels.jvm;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.reference.ReferenceBackend;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Turns every launch into a {@link Launch}: what it is called, what it costs, and the kernel that does it. */
final class JvmKernels implements Kernels {
    private final Workers workers;
    private final PackedWeights weights;
    private final Scratch scratch;
    private final Consumer<Launch> recorder;

    JvmKernels(Workers workers, PackedWeights weights, Scratch scratch, Consumer<Launch> recorder) {
        this.workers = workers;
        this.weights = weights;
        this.scratch = scratch;
        this.recorder = recorder;
    }

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        Runnable body = Linear.forward(workers, x, weights.forward(weight), Epilogues.store(bias, y));
        record("linear", product(x, weight), body, reads(x, weight, bias), y);
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        Runnable body = Linear.forward(
                workers, x, weights.forward(weight), Epilogues.gelu(bias, preActivation, y));
        record("linearGelu", product(x, weight), body, reads(x, weight, bias), preActivation, y);
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        Runnable body = Linear.forward(
                workers, x, weights.forward(weight), Epilogues.residual(bias, residual, y));
        record("linearResidual", product(x, weight), body, reads(x, weight, bias, residual), y);
    }

    @Override
    public void linearInjected(
            Tensor x, Tensor weight, Tensor bias, Tensor injection, int column, Tensor condition, Tensor y) {
        Gemm.Epilogue epilogue = Epilogues.injected(bias, injection, column, condition, y);
        Runnable body = Linear.forward(workers, x, weights.forward(weight), epilogue);
        // of the injection, only a slice as large as y is read
        Tensor slice = injection == null ? null : y;
        record("linearInjected", product(x, weight), body, reads(x, weight, bias, slice, condition), y);
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        Runnable body = Linear.backwardInput(
                workers, dY, weights.backward(weight), Epilogues.store(null, dX));
        record("linearBackwardInput", product(dX, weight), body, reads(dY, weight), dX);
    }

    @Override
    public void linearGeluBackwardInput(Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        Gemm.Epilogue epilogue = Epilogues.geluBackward(preActivation, dPreActivation);
        Runnable body = Linear.backwardInput(workers, dY, weights.backward(weight), epilogue);
        record("linearGeluBackwardInput", product(dPreActivation, weight), body,
                reads(dY, weight, preActivation), dPreActivation);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        Runnable body = WeightGradient.backward(workers, scratch, dY, x, dWeight, dBias);
        record("linearBackwardWeight", product(x, dWeight), body, reads(dY, x, dWeight, dBias), dWeight, dBias);
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        if (dInjection != null) {
            Runnable body = Injection.backward(workers, dY, dInjection, column);
            record("injectionBackward", dY.size(), body, reads(dY, dY), dInjection);
        }
        if (dCondition != null) {
            Runnable body = Injection.backward(workers, dY, dCondition);
            record("injectionBackward", dY.size(), body, reads(dY, dCondition), dCondition);
        }
    }

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        slow("layerNorm", (k, t) -> k.layerNorm(t.apply(x), t.apply(gamma), t.apply(beta), t.apply(y),
                t.apply(statistics)), reads(x, gamma, beta), y, statistics);
    }

    @Override
    public void layerNormBackward(
            Tensor dY, Tensor x, Tensor gamma, Tensor statistics, Tensor dX, Tensor dGamma, Tensor dBeta) {
        slow("layerNormBackward", (k, t) -> k.layerNormBackward(t.apply(dY), t.apply(x), t.apply(gamma),
                t.apply(statistics), t.apply(dX), t.apply(dGamma), t.apply(dBeta)),
                reads(dY, x, gamma, statistics), dX, dGamma, dBeta);
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        slow("attention", (k, t) -> k.attention(t.apply(qkv), heads, t.apply(y), t.apply(logSumExp)),
                reads(qkv), y, logSumExp);
    }

    @Override
    public void attentionBackward(Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        slow("attentionBackward", (k, t) -> k.attentionBackward(t.apply(dY), t.apply(qkv), t.apply(y),
                t.apply(logSumExp), heads, t.apply(dQkv)), reads(dY, qkv, y, logSumExp), dQkv);
    }

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        slow("patchify", (k, t) -> k.patchify(t.apply(image), order, t.apply(patches)), reads(image), patches);
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        slow("unpatchify", (k, t) -> k.unpatchify(t.apply(patches), order, t.apply(image)), reads(patches), image);
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        slow("embedding", (k, t) -> k.embedding(t.apply(table), labels, t.apply(y)), reads(table), y);
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        slow("embeddingBackward", (k, t) -> k.embeddingBackward(t.apply(dY), labels, t.apply(dTable)),
                reads(dY), dTable);
    }

    @Override
    public void loss(LossKind kind, Tensor prediction, Tensor target, float weight, Tensor loss, Tensor dPrediction) {
        slow("loss", (k, t) -> k.loss(kind, t.apply(prediction), t.apply(target), weight, t.apply(loss),
                t.apply(dPrediction)), reads(prediction, target), loss, dPrediction);
    }

    @Override
    public void adamW(Tensor settings, Tensor gradients, Tensor weights, Tensor firstMoment, Tensor secondMoment) {
        slow("adamW", (k, t) -> k.adamW(t.apply(settings), t.apply(gradients), t.apply(weights),
                t.apply(firstMoment), t.apply(secondMoment)), reads(settings, gradients), weights, firstMoment,
                secondMoment);
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        slow("ema", (k, t) -> k.ema(t.apply(weights), decay, t.apply(average)), reads(weights), average);
    }

    @Override
    public void fill(float value, Tensor y) {
        slow("fill", (k, t) -> k.fill(value, t.apply(y)), reads(), y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        slow("copy", (k, t) -> k.copy(t.apply(x), t.apply(y)), reads(x), y);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        slow("add", (k, t) -> k.add(t.apply(x), t.apply(y)), reads(x), y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        slow("mix", (k, t) -> k.mix(a, t.apply(x), b, t.apply(y)), reads(x), y);
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        slow("normal", (k, t) -> k.normal(key, t.apply(y)), reads(), y);
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        slow("residualNorms", (k, t) -> k.residualNorms(t.apply(next), t.apply(previous), t.apply(norms)),
                reads(next, previous), norms);
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        slow("select", (k, t) -> k.select(chosen, t.apply(from), t.apply(to)), reads(from), to);
    }

    private void record(String name, double flops, Runnable body, Tensor[] reads, Tensor... outputs) {
        recorder.accept(Launch.of(name, flops, body, reads, outputs));
    }

    // 2·R·I·O: rows as in x, a multiplication and an addition for each weight
    private static double product(Tensor x, Tensor weight) {
        return 2.0 * x.rows() * weight.size();
    }

    private static Tensor[] reads(Tensor... tensors) {
        return tensors;
    }

    // a launch that has no fast kernel: the oracle computes it on copies
    private void slow(String name, BiConsumer<Kernels, UnaryOperator<Tensor>> launch, Tensor[] reads,
            Tensor... outputs) {
        ReferenceBackend reference = new ReferenceBackend();
        Map<Tensor, Tensor> copies = new IdentityHashMap<>();
        UnaryOperator<Tensor> copy = tensor -> tensor == null
                ? null
                : copies.computeIfAbsent(tensor, t -> reference.allocate(t.shape()));
        var program = reference.record(name, kernels -> launch.accept(kernels, copy));
        record(name, 0, () -> {
            copies.forEach((tensor, twin) -> twin.set(tensor.get()));
            program.run();
            for (Tensor output : outputs) {
                if (output != null) {
                    output.set(copies.get(output).get());
                }
            }
        }, reads, outputs);
    }
}
